/**
 * Timers as they were when this module was loaded. Test runners replace the global ones by fakes
 * that stand still until a test moves them; the runtime's own checks must not stand still with them.
 */
const { setTimeout, clearTimeout, setImmediate, performance } = globalThis;
const { nextTick } = process;

export const realTime = {
  setTimeout,
  clearTimeout,
  setImmediate,
  nextTick,
  now: (): number => performance.now(),
};
