import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Diagnostic, Node as MorphNode, Project, SourceFile as MorphFile } from "ts-morph";
import type { TypeOf } from "../../analysis/extraction/parameters.ts";
import type { Node } from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";
import { CommandError } from "../command.ts";
import { TypeWriter } from "./type-writer.ts";

export type TsMorph = typeof import("ts-morph");

/**
 * Loads the optional peer from the first folder that has it.
 *
 * @param folders from which it is looked for, upwards, as `require` does
 * @throws CommandError that says how to add it
 */
export function loadTsMorph(folders: readonly string[]): TsMorph {
  for (const folder of folders)
    try {
      return createRequire(join(folder, "package.json"))("ts-morph") as TsMorph;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  throw new CommandError(
    "ts-morph is not installed, which says the types of what is moved: npm install --save-dev ts-morph",
  );
}

/** TypeScript's view of a program: the types of expressions, and whether a change makes new errors. */
export class TypeChecker {
  readonly #morph: TsMorph;
  readonly #project: Project;

  /**
   * @param path a file of the program, whose nearest tsconfig.json up to `root` is used
   */
  constructor(morph: TsMorph, path: string, root: string) {
    this.#morph = morph;
    const tsConfigFilePath = configAbove(path, root);
    this.#project = new morph.Project({
      ...(tsConfigFilePath === null ? {} : { tsConfigFilePath }),
      skipAddingFilesFromTsConfig: true,
      compilerOptions: {
        allowJs: true,
        noEmit: true,
        skipLibCheck: true,
        ...(tsConfigFilePath === null
          ? {
              target: morph.ScriptTarget.ES2022,
              module: morph.ModuleKind.NodeNext,
              moduleResolution: morph.ModuleResolutionKind.NodeNext,
              allowImportingTsExtensions: true,
            }
          : {}),
      },
    });
  }

  /** Types as they can be written at the top of the file; null for those that have no name there. */
  typesIn(file: SourceFile, fallback: TypeOf): TypeOf {
    const source = this.#sourceOf(file);
    const writer = new TypeWriter(this.#morph, source);
    return (expression) => {
      const node = this.#nodeAt(source, expression);
      const written = node ? writer.write(node) : null;
      // A package that is not installed, or a value that nobody has typed.
      if (written === null || written.text === "any") return fallback(expression) ?? written;
      return written;
    };
  }

  /**
   * What TypeScript says of new texts and did not say of the old ones: syntax errors, and for TypeScript also
   * errors of types, as far as all imports can be resolved; else `unresolved` is one that cannot.
   */
  newErrors(texts: ReadonlyMap<SourceFile, string>): {
    readonly errors: readonly string[];
    readonly unresolved: string | null;
  } {
    const files = [...texts.keys()];
    const before = files.flatMap((file) => this.#errorsOf(this.#sourceOf(file)));
    for (const [file, text] of texts) this.#sourceOf(file).replaceWithText(text);
    const after = files.flatMap((file) => this.#errorsOf(this.#sourceOf(file)));
    const [unresolved = null] = [...before, ...after].flatMap(
      ({ message }) => /^Cannot find module '(.+?)'/.exec(message)?.[1] ?? [],
    );
    const known = before.map(({ message }) => message);
    const errors = after.flatMap(({ message, isSyntax }) => {
      const index = known.indexOf(message);
      if (index !== -1) known.splice(index, 1);
      return index === -1 && (isSyntax || unresolved === null) ? [message] : [];
    });
    return { errors, unresolved };
  }

  #errorsOf(source: MorphFile): { message: string; isSyntax: boolean }[] {
    const program = this.#project.getProgram();
    const isTyped = !/\.[cm]?jsx?$/.test(source.getFilePath());
    const told = (diagnostics: readonly Diagnostic[], isSyntax: boolean) =>
      diagnostics.map((diagnostic) => {
        const text = diagnostic.getMessageText();
        return { message: typeof text === "string" ? text : text.getMessageText(), isSyntax };
      });
    return [
      ...told(program.getSyntacticDiagnostics(source), true),
      ...told(isTyped ? program.getSemanticDiagnostics(source) : [], false),
    ];
  }

  #sourceOf({ path }: SourceFile): MorphFile {
    return this.#project.addSourceFileAtPath(path);
  }

  #nodeAt(source: MorphFile, { range: [start, end] }: Node): MorphNode | null {
    let node = source.getDescendantAtPos(start);
    while (node && (node.getStart() > start || node.getEnd() < end)) node = node.getParent();
    return node ?? null;
  }
}

function configAbove(path: string, root: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const config = join(folder, "tsconfig.json");
    if (existsSync(config)) return config;
    if (folder === root || folder === dirname(folder)) return null;
  }
}
