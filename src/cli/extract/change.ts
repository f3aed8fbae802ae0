import type { Activity } from "../../analysis/activity.ts";
import { analyze, findingsOf } from "../../analysis/analyze.ts";
import type { ExplainedStatement, Explanation } from "../../analysis/explain/explain.ts";
import { annotatedTypes, hasTypes } from "../../analysis/extraction/annotations.ts";
import { isFilled } from "../../analysis/extraction/column.ts";
import { extract, isRefusal } from "../../analysis/extraction/extraction.ts";
import { makeSequential } from "../../analysis/extraction/sequential.ts";
import {
  overtakenAmong,
  select,
  withoutLoneLogs,
  type Selection,
} from "../../analysis/extraction/selection.ts";
import { isRegisteredByCall } from "../../analysis/project/roots.ts";
import type { Finding } from "../../analysis/finding.ts";
import type { RunAsyncSettings } from "../../analysis/settings.ts";
import type { Node } from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";
import { applyEdits, type Edit } from "./edits.ts";
import { loadTsMorph, TypeChecker } from "./type-checker.ts";

/** What an extraction makes of the files, checked. */
export interface Changed {
  readonly file: SourceFile;
  readonly texts: ReadonlyMap<SourceFile, string>;
  readonly names: readonly string[];
  readonly moved: readonly Node[];
  /** Chosen, but not moved, with what holds it. */
  readonly left: Selection["left"];
  /** The project shows the call that registers the handler. */
  readonly isRegistered: boolean;
  /** A module that cannot be resolved, so that types are not checked. */
  readonly unresolved: string | null;
}

/** Why nothing is changed, in words that go on after the line. */
export interface Refused {
  readonly file: SourceFile;
  readonly node: Node;
  readonly reason: string;
}

export interface ChangeOptions {
  readonly name: string | undefined;
  readonly settings: RunAsyncSettings;
  /** Where ts-morph may be installed. */
  readonly folders: readonly string[];
}

/**
 * The new texts of all files that the extraction of some statements changes. They parse, have no error of
 * types that was not there before, and no finding of this package's rules that was not there before.
 *
 * @throws CommandError where ts-morph is not installed
 */
export function change(
  explanation: Explanation,
  statements: readonly ExplainedStatement[],
  activity: Activity,
  { name, folders, settings }: ChangeOptions,
): Changed | Refused {
  const { file, root, fn } = explanation;
  const { world } = activity;
  const { movables: all, left } = select(explanation, statements, world);
  const movables = all.length === 1 ? all : withoutLoneLogs(all, explanation);
  if (!isFilled(movables)) {
    const [held] = left;
    return { file, node: held?.node ?? fn, reason: held?.reason ?? "" };
  }
  if (root?.trigger === "conversation")
    return { file, node: fn, reason: "is a conversation, which is replayed for every message" };
  const overtaken = overtakenAmong(movables, explanation, world);
  if (overtaken) {
    const { overtaker, movable } = overtaken;
    return {
      file,
      node: movable.statement,
      reason: `could then arrive after \`${overtaker.name}\` of line ${file.lineOf(overtaker.node)}, which comes later and stays in the handler`,
    };
  }
  const checker = new TypeChecker(loadTsMorph(folders), file.path, world.project.root);
  const typeOf = hasTypes(file) ? checker.typesIn(file, annotatedTypes(explanation)) : null;
  const moved = new Set<Node>(movables.map(({ statement }) => statement));
  const sequential = makeSequential(explanation, moved, world, typeOf);
  if ("reason" in sequential) return sequential;
  const extraction = extract(explanation, movables, world, {
    name,
    typeOf,
    imports: sequential.imports,
  });
  if (isRefusal(extraction)) return { file, ...extraction };
  const edits = new Map<SourceFile, Edit[]>([[file, [...extraction.edits]]]);
  for (const [where, more] of sequential.edits)
    edits.set(where, [...(edits.get(where) ?? []), ...more]);
  const texts = new Map(
    [...edits].map(([where, own]) => [where, applyEdits(where.text, own)] as const),
  );
  const { errors, unresolved } = checker.newErrors(texts);
  const [error] = errors;
  if (error !== undefined) return { file, node: fn, reason: `would no longer compile (${error})` };
  const finding = newFinding(activity, settings, texts);
  if (finding) return { file, node: fn, reason: `would get a finding: ${finding.message}` };
  const isRegistered = root !== null && isRegisteredByCall(root);
  return {
    file,
    texts,
    names: extraction.names,
    moved: [...moved],
    left,
    unresolved,
    isRegistered,
  };
}

/** The first finding of a hazard that the project has more of than before. */
function newFinding(
  activity: Activity,
  settings: RunAsyncSettings,
  texts: ReadonlyMap<SourceFile, string>,
): Finding | null {
  const before = findingsOf(activity);
  const { project } = activity.world;
  for (const [{ path }, text] of texts) project.update(path, text);
  const after = analyze(project, settings);
  return (
    after.find(({ hazard }) => {
      // Advice: what is left in the handler was chosen to be left.
      if (hazard === "sequential-wait") return false;
      const count = (findings: readonly Finding[]): number =>
        findings.filter((finding) => finding.hazard === hazard).length;
      return count(after) > count(before);
    }) ?? null
  );
}
