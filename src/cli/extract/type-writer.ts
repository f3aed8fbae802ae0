import { relative, dirname } from "node:path";
import type {
  Node as MorphNode,
  SourceFile as MorphFile,
  Symbol as MorphSymbol,
  Type,
} from "ts-morph";
import type { TypeText } from "../../analysis/extraction/parameters.ts";
import type { TsMorph } from "./type-checker.ts";

/** Writes types down for the top of a file, with imports for the names that it does not know. */
export class TypeWriter {
  readonly #morph: TsMorph;
  readonly #source: MorphFile;
  #imports: { name: string; from: string }[] = [];

  constructor(morph: TsMorph, source: MorphFile) {
    this.#morph = morph;
    this.#source = source;
  }

  /** The type of an expression; null where it has no name that could be written. */
  write(node: MorphNode): TypeText | null {
    this.#imports = [];
    const text = this.#type(node.getType().getBaseTypeOfLiteralType());
    return text === null ? null : { text, imports: this.#imports };
  }

  #type(type: Type): string | null {
    const alias = type.getAliasSymbol();
    if (alias) return this.#named(alias, type.getAliasTypeArguments());
    if (type.isBoolean() || type.isBooleanLiteral()) return "boolean";
    if (type.isArray()) {
      const element = type.getArrayElementType();
      const text = element ? this.#type(element) : null;
      return text === null ? null : /^[\w.$<>]+$/.test(text) ? `${text}[]` : `(${text})[]`;
    }
    if (type.isUnion()) return this.#union(type.getUnionTypes());
    if (type.isTypeParameter()) return null;
    const symbol = type.getSymbol();
    if (
      symbol &&
      (type.isClassOrInterface() || type.isEnum() || type.isEnumLiteral() || isReference(type))
    )
      return this.#named(symbol, type.getTypeArguments());
    // What is left is written out: primitives, literals, functions. Nothing that is only known elsewhere.
    const text = type.getText(undefined, this.#morph.TypeFormatFlags.NoTruncation);
    return /\bimport\(/.test(text) || text.length > 60 ? null : text;
  }

  #union(types: readonly Type[]): string | null {
    const texts = new Set<string>();
    for (const type of types) {
      const text = this.#type(type);
      if (text === null) return null;
      texts.add(text);
    }
    return [...texts].join(" | ");
  }

  #named(symbol: MorphSymbol, args: readonly Type[]): string | null {
    const name = symbol.getName();
    if (!/^[A-Za-z_$][\w$]*$/.test(name) || !this.#reaches(symbol, name)) return null;
    const texts = args.map((argument) => this.#type(argument));
    if (texts.includes(null)) return null;
    const written = texts.filter((text) => text !== null);
    return written.length === 0 || areDefaults(symbol, written)
      ? name
      : `${name}<${written.join(", ")}>`;
  }

  /** Whether the file knows the name, or some module gives it, which is then imported. */
  #reaches(symbol: MorphSymbol, name: string): boolean {
    const declaration = symbol.getDeclarations()[0];
    if (!declaration) return false;
    const home = declaration.getSourceFile();
    // Declared inside of a function.
    const parent = declaration.getParent();
    if (home === this.#source) return parent === this.#source;
    if (home.isDeclarationFile() && !this.#isModule(home)) return true;
    const known = this.#source
      .getImportDeclarations()
      .some((statement) => this.#imported(statement, symbol, name));
    if (known) return true;
    const from = this.#moduleFor(symbol, name, home);
    if (from === null) return false;
    this.#imports.push({ name, from });
    return true;
  }

  #imported(
    statement: ReturnType<MorphFile["getImportDeclarations"]>[number],
    symbol: MorphSymbol,
    name: string,
  ): boolean {
    return statement.getNamedImports().some((specifier) => {
      const local = specifier.getAliasNode()?.getText() ?? specifier.getName();
      const target = specifier.getNameNode().getSymbol()?.getAliasedSymbol();
      return local === name && target === symbol;
    });
  }

  /** A module that this file imports already, or the project's own file that declares it. */
  #moduleFor(symbol: MorphSymbol, name: string, home: MorphFile): string | null {
    for (const statement of this.#source.getImportDeclarations()) {
      const module = statement.getModuleSpecifierSourceFile();
      const isThere = module
        ?.getExportSymbols()
        .some(
          (one) => one.getName() === name && (one === symbol || one.getAliasedSymbol() === symbol),
        );
      if (isThere) return statement.getModuleSpecifierValue();
    }
    const path = home.getFilePath();
    if (path.includes("/node_modules/") || home.isDeclarationFile()) return null;
    if (!home.getExportSymbols().some((one) => one.getName() === name)) return null;
    const relation = relative(dirname(this.#source.getFilePath()), path).replaceAll("\\", "/");
    const local = relation.startsWith(".") ? relation : `./${relation}`;
    return local.replace(/\.([cm]?)tsx?$/, this.#extension());
  }

  /** As the file's other local imports end: `.ts`, `.js` or without extension. */
  #extension(): string {
    const local = this.#source
      .getImportDeclarations()
      .map((statement) => statement.getModuleSpecifierValue())
      .find((specifier) => specifier.startsWith("."));
    const extension = local && /\.([cm]?[jt]s)$/.exec(local)?.[0];
    return extension ?? "";
  }

  #isModule(file: MorphFile): boolean {
    return file.getExportSymbols().length > 0 || file.getImportDeclarations().length > 0;
  }
}

function isReference(type: Type): boolean {
  return type.getTargetType() !== undefined && !type.isTuple() && !type.isAnonymous();
}

/** `Context<Update, BotApi>` is `Context` where these are the defaults. */
function areDefaults(symbol: MorphSymbol, args: readonly string[]): boolean {
  const [declaration] = symbol.getDeclarations();
  const parameters =
    declaration && "getTypeParameters" in declaration
      ? (
          declaration as { getTypeParameters(): { getDefault(): MorphNode | undefined }[] }
        ).getTypeParameters()
      : [];
  return (
    parameters.length >= args.length &&
    args.every((text, index) => parameters[index]?.getDefault()?.getText() === text)
  );
}
