/**
 * Timers as they were when this module was loaded. Test runners replace the global ones by fakes
 * that stand still until a test moves them; the runtime's own checks must not stand still with them.
 */
const { setTimeout, clearTimeout, setImmediate, performance } = globalThis;

export const realTime = {
  setTimeout,
  clearTimeout,
  setImmediate,
  nextTick: process.nextTick.bind(process),
  now: (): number => performance.now(),
};
