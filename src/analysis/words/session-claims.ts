import type { SessionClaim } from "../checks/session-claims.ts";
import { traceStep, type Finding } from "../finding.ts";
import { describePlace } from "../flow/place.ts";

/** Says what a claim in a copy of the session does not keep out. */
export function describeSessionClaim({ root, session, check, write }: SessionClaim): Finding {
  const { file } = root.fn;
  const path = [...write.chain, write.site];
  // In a helper nobody sees the claim: then the call of it is the place.
  const site = path.find((candidate) => candidate.file === file) ?? root.fn;
  const state = `\`${describePlace(check.read.place)}\``;
  const [serializer = "a queue"] = session.serializer?.exports ?? [];
  return {
    hazard: "store-race",
    path: site.file.path,
    start: site.node.range[0],
    end: site.node.range[1],
    message: [
      `${state} is tested and set on line ${String(check.site.file.lineOf(check.site.node))}, but in this update's own copy of the session, which is stored when the update is done.`,
      `Two updates of one session that come together (${root.reason}) both find it empty and both write here.`,
      `Put \`${serializer}\` with the session's key in front of the session, or let the store decide (a unique key, a condition in the write).`,
    ].join(" "),
    isCheck: true,
    trace: [
      traceStep(
        check.site.file,
        check.site.node.range[0],
        "A",
        "check",
        `A tests and sets ${state}`,
      ),
      traceStep(
        check.site.file,
        check.site.node.range[0],
        "B",
        "check",
        `B does so in its own copy`,
      ),
      traceStep(site.file, site.node.range[0], "A", "write", "A writes"),
      traceStep(site.file, site.node.range[0], "B", "write", "B writes as well"),
    ],
    activations: { A: root.name, B: root.name },
    confidence: write.chain.length === 0 ? "recommended" : "strict",
  };
}
