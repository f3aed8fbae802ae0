import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

export interface Diagnostic {
  code?: string | number;
  message: string;
  range: { start: { line: number; character: number } };
}

export interface CodeAction {
  title: string;
  command?: { command: string; arguments?: unknown[] };
  edit?: WorkspaceEdit;
}

interface TextEdit {
  range: Record<"start" | "end", { line: number; character: number }>;
  newText: string;
}

interface WorkspaceEdit {
  changes?: Record<string, TextEdit[]>;
  documentChanges?: { textDocument: { uri: string }; edits: TextEdit[] }[];
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

const editsOf = (edit: WorkspaceEdit, uri: string): TextEdit[] => [
  ...(edit.changes?.[uri] ?? []),
  ...(edit.documentChanges ?? [])
    .filter(({ textDocument }) => textDocument.uri === uri)
    .flatMap(({ edits }) => edits),
];

const offsetOf = (text: string, { line, character }: { line: number; character: number }): number =>
  text.split("\n", line).reduce((sum, { length }) => sum + length + 1, 0) + character;

/**
 * The half of an editor that talks to a language server over stdio (LSP 3.17): opens and edits one document,
 * receives diagnostics, pushed or pulled, and applies code actions. The text is never saved.
 */
export class LanguageClient {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly #settings: unknown;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #pushed = new Map<string, (diagnostics: Diagnostic[]) => void>();
  #input = Buffer.alloc(0);
  #lastId = 0;
  #version = 1;
  #text = "";
  #uri = "";

  /** @param settings what the server gets when it asks for its `workspace/configuration` */
  constructor(command: string, args: string[], folder: string, settings: unknown) {
    this.#settings = settings;
    this.#server = spawn(command, args, { cwd: folder });
    this.#server.stdout.on("data", (chunk: Buffer) => {
      this.#receive(chunk);
    });
  }

  async initialize(folder: string): Promise<void> {
    const uri = pathToFileURL(folder).href;
    await this.#request("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "bot" }],
      capabilities: {
        workspace: { configuration: true, applyEdit: true, workspaceFolders: true },
        textDocument: {
          diagnostic: { dynamicRegistration: true },
          publishDiagnostics: {},
          codeAction: {
            codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source"] } },
          },
        },
      },
    });
    this.#notify("initialized", {});
  }

  get text(): string {
    return this.#text;
  }

  /** Opens a file of the disk, as an editor does. */
  open(file: string): void {
    this.#uri = pathToFileURL(file).href;
    this.#text = readFileSync(file, "utf8");
    this.#version = 1;
    const textDocument = { uri: this.#uri, languageId: "typescript", version: 1, text: this.#text };
    this.#notify("textDocument/didOpen", { textDocument });
  }

  /** Replaces the text of the open document, unsaved. */
  edit(text: string): void {
    this.#text = text;
    this.#version += 1;
    this.#notify("textDocument/didChange", {
      textDocument: { uri: this.#uri, version: this.#version },
      contentChanges: [{ text }],
    });
  }

  /** Diagnostics of the open document from a server that is asked for them. */
  async pull(): Promise<Diagnostic[]> {
    const report = await this.#request("textDocument/diagnostic", {
      textDocument: { uri: this.#uri },
    });
    return (report as { items: Diagnostic[] }).items;
  }

  /** Opens a file and waits for the diagnostics that the server sends by itself. */
  pushAfterOpening(file: string): Promise<Diagnostic[]> {
    this.#uri = pathToFileURL(file).href;
    return this.push(() => {
      this.open(file);
    });
  }

  /** The next diagnostics of the open document that a server sends by itself, after `action`. */
  push(action: () => void): Promise<Diagnostic[]> {
    const next = new Promise<Diagnostic[]>((resolve) => this.#pushed.set(this.#uri, resolve));
    action();
    return next;
  }

  async codeActions(diagnostic: Diagnostic): Promise<CodeAction[]> {
    const actions = await this.#request("textDocument/codeAction", {
      textDocument: { uri: this.#uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    return (actions ?? []) as CodeAction[];
  }

  /** Carries out a code action; edits change the open document, as with every editor. */
  async apply({ command, edit }: CodeAction): Promise<void> {
    if (edit) this.#applyEdit(edit);
    if (command) await this.#request("workspace/executeCommand", command);
  }

  async close(): Promise<void> {
    await this.#request("shutdown", null);
    const exited = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#notify("exit", null);
    this.#server.stdin.end();
    await exited;
  }

  #applyEdit(edit: WorkspaceEdit): void {
    const lastFirst = editsOf(edit, this.#uri).sort(
      (a, b) => offsetOf(this.#text, b.range.start) - offsetOf(this.#text, a.range.start),
    );
    let text = this.#text;
    for (const { range, newText } of lastFirst) {
      const start = offsetOf(this.#text, range.start);
      const end = offsetOf(this.#text, range.end);
      text = text.slice(0, start) + newText + text.slice(end);
    }
    this.edit(text);
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      this.#send({ id, method, params });
    });
  }

  #notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const headerEnd = this.#input.indexOf("\r\n\r\n");
      if (headerEnd < 0) return;
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#input.toString("latin1", 0, headerEnd))?.[1],
      );
      const end = headerEnd + 4 + length;
      if (this.#input.length < end) return;
      const message = JSON.parse(this.#input.toString("utf8", headerEnd + 4, end)) as Message;
      this.#input = this.#input.subarray(end);
      this.#handle(message);
    }
  }

  #handle(message: Message): void {
    const { id, method, params } = message;
    if (method === undefined) {
      this.#answers.get(id ?? -1)?.(message);
      return;
    }
    if (method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      const waiting = this.#pushed.get(uri);
      this.#pushed.delete(uri);
      waiting?.(diagnostics);
    }
    if (id === undefined) return;
    this.#send({ id, result: this.#answer(method, params) });
  }

  #answer(method: string, params: unknown): unknown {
    if (method === "workspace/configuration") {
      return (params as { items: unknown[] }).items.map(() => this.#settings);
    }
    if (method === "workspace/applyEdit") {
      this.#applyEdit((params as { edit: WorkspaceEdit }).edit);
      return { applied: true };
    }
    return null;
  }
}
