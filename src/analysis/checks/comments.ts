import { COMMENT_WORDS, commentsOf, isComplete, saysOf, type CodeComment } from "../comments.ts";
import type { Finding, HazardName } from "../finding.ts";
import type { Place } from "../flow/place.ts";
import type { Hazard } from "../flow/summary.ts";
import { nearest } from "../nearest.ts";
import type { Project } from "../project/project.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { propertyName, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * Whether a comment says that a race is none: `benign` at the late write, or `owned` or `guarded-by` where the
 * state is declared, as a variable or as a field of a class.
 */
export function isExplained({ site, read, place }: Hazard): boolean {
  return (
    saysOf(site.file, site.file.lineOf(site.node), "benign") || [read.place, place].some(isOwned)
  );
}

const RACES: readonly HazardName[] = ["lost-update", "check-then-act", "store-race"];

/** Whether `// run-async: benign <why>` stands at what a finding says is done too late. */
export function isBenign({ hazard, path, start }: Finding, project: Project): boolean {
  const file = RACES.includes(hazard) ? project.fileAt(path) : null;
  return file !== null && saysOf(file, file.position(start).line, "benign");
}

/** `owned` or `guarded-by` where the state is declared. */
export function isOwned(state: Place): boolean {
  const home = declarationOf(state);
  if (!home) return false;
  const line = home.file.lineOf(home.node);
  return saysOf(home.file, line, "owned") || saysOf(home.file, line, "guarded-by");
}

/** Where the state that a place hangs on is declared. */
function declarationOf({ root, path }: Place): { file: SourceFile; node: Node } | null {
  if (root.kind === "variable") {
    const node = root.variable.defs[0]?.node;
    return node ? { file: root.file, node } : null;
  }
  const [field] = path;
  if (root.kind !== "instance" || field?.kind !== "field") return null;
  const member = root.cls.body.body.find(
    (candidate) =>
      candidate.type === "PropertyDefinition" && propertyName(candidate) === field.name,
  );
  return member ? { file: root.file, node: member } : null;
}

/** `// run-async: sequential` at a handler or at its registration: somebody outside lets one in at a time. */
export function asExplained(root: ActivationRoot): ActivationRoot {
  const { fn, site } = root;
  const isSequential =
    saysOf(fn.file, fn.file.lineOf(fn.node), "sequential") ||
    saysOf(site.file, site.file.lineOf(site.node), "sequential");
  if (!isSequential || root.concurrency === "exclusive") return root;
  return { ...root, concurrency: "sequential", reason: "a comment says that it is sequential" };
}

/** Comments that the analysis does not understand, and comments that explain nothing. */
export function findUnclearComments(project: Project): Finding[] {
  return project
    .files()
    .flatMap((file) => commentsOf(file).flatMap((comment) => unclear(file, comment) ?? []));
}

function unclear(file: SourceFile, comment: CodeComment): Finding | null {
  const message = wrong(comment);
  return message === null
    ? null
    : {
        hazard: "unclear-comment",
        path: file.path,
        start: comment.start,
        end: comment.end,
        message,
        isCheck: false,
        trace: [],
        confidence: "recommended",
      };
}

function wrong(comment: CodeComment): string | null {
  const { word } = comment;
  if (!COMMENT_WORDS.some((known) => known === word))
    return word === ""
      ? `This comment says nothing. It may say one of: ${COMMENT_WORDS.join(", ")}.`
      : `\`run-async: ${word}\` means nothing. Did you mean \`${nearest(word, COMMENT_WORDS)}\`?`;
  if (isComplete(comment)) return null;
  return word === "benign"
    ? "`run-async: benign` needs a reason behind it: why does this race do no harm?"
    : `\`run-async: ${word}\` needs the lock behind it: \`// run-async: guarded-by stockLock\`.`;
}
