import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Progress } from "../../src/cli/progress.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const outputOf = (isTerminal: boolean) => {
  const written: string[] = [];
  return { written, isTerminal, write: (text: string) => void written.push(text) };
};

test("short work shows nothing, long work one line that is drawn over and wiped", () => {
  const output = outputOf(true);
  const progress = new Progress(output);
  progress.say("reading 1 of 3");
  vi.advanceTimersByTime(399);
  progress.say("reading 2 of 3");
  progress.end();
  expect(output.written).toEqual([]);

  vi.advanceTimersByTime(1);
  progress.say("reading 3 of 3");
  progress.say("too soon after the last");
  vi.advanceTimersByTime(100);
  progress.say("analysing");
  progress.end();
  const wipe = "\r\u001b[2K";
  expect(output.written).toEqual([`${wipe}reading 3 of 3`, `${wipe}analysing`, wipe]);
});

test("a file or pipe gets no progress", () => {
  const output = outputOf(false);
  const progress = new Progress(output);
  vi.advanceTimersByTime(10_000);
  progress.say("reading");
  progress.end();
  expect(output.written).toEqual([]);
});
