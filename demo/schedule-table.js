/**
 * A schedule of two actors as two columns, one line for each step.
 *
 * @param {readonly string[]} trace labels of the form "actor: step"
 * @param {readonly string[]} actors two names, the left column's first
 */
export function scheduleTable(trace, actors) {
  const steps = trace.map((label) => {
    const [, actor, step] = /^(\w+): (.*)$/.exec(label);
    return { actor, step };
  });
  const width = Math.max(...steps.map(({ step }) => step.length)) + 3;
  const lines = steps.map(
    ({ actor, step }) => (actor === actors[0] ? "" : " ".repeat(width)) + step,
  );
  return [actors[0].padEnd(width) + actors[1], ...lines].map((line) => `    ${line}`).join("\n");
}
