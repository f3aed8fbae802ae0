import { importEdits } from "../extraction/imports.ts";
import { indentAt, styleOf } from "../extraction/style.ts";
import type { UnsequencedSession } from "../checks/sessions.ts";
import { traceStep, type Finding, type Repair } from "../finding.ts";

/** Says what two updates of one key do to a session that each of them loads for itself. */
export function describeSession(session: UnsequencedSession): Finding {
  const { file, use, root, model, serializer, hasOtherKey } = session;
  const repair = sequentializeBefore(session);
  const name = file.textOf(session.session.callee);
  return {
    hazard: "unsequenced-session",
    path: file.path,
    start: use.range[0],
    end: use.range[1],
    message: [
      `Each update loads its own copy of \`ctx.${model.property}\` through \`${name}\` and stores it when its handler is done.`,
      hasOtherKey
        ? "The bot sequences updates by another key than the session's, so two updates of one session still run at the same time:"
        : `Two updates of one chat run at the same time (${root.reason}), so`,
      "the one that is stored last erases what the other changed, even where a handler awaits nothing.",
      `Put \`${serializer ? serializer.exports[0] : "a queue"}\` with the session's key in front of it.`,
    ].join(" "),
    isCheck: false,
    trace: [
      traceStep(file, use.range[0], "A", "read", "A loads its copy of the session"),
      traceStep(file, use.range[0], "B", "read", "B loads its own, as it was before A"),
      traceStep(root.site.file, root.site.node.range[0], "A", "suspend", `A: ${root.name}`),
      traceStep(file, use.range[0], "B", "write", "B stores its copy"),
      traceStep(file, use.range[0], "A", "write", "A stores its copy over B's"),
    ],
    activations: { A: root.name, B: root.name },
    confidence: "recommended",
    ...(repair ? { repairs: [repair] } : {}),
  };
}

/** `bot.use(sequentialize(key))`, or what the framework has for it, in front of the session, with the import where it is missing. */
function sequentializeBefore(session: UnsequencedSession): Repair | null {
  const { file, use, key, serializer, hasOtherKey } = session;
  const statement = file.parentOf(use);
  if (!serializer || hasOtherKey || statement?.type !== "ExpressionStatement") return null;
  if (use.callee.type !== "MemberExpression") return null;
  const [name] = serializer.exports;
  const text = key ? file.textOf(key) : serializer.sessionKey;
  const indent = indentAt(file.text, statement.range[0]);
  const bot = file.textOf(use.callee.object);
  const needed = { name, from: serializer.package, isType: false };
  const start = statement.range[0];
  const edits = [
    ...importEdits([needed], file, styleOf(file)),
    { start, end: start, text: `${bot}.use(${name}(${text}));\n${indent}` },
  ];
  return { title: `Handle updates of one session one after the other with ${name}`, edits };
}
