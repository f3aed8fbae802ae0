// Callbacks that overlap: the one with the last index need not be the last to end.
import { expectLines } from "./expect-lines.ts";

const bot = (callback: string): string => `
import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
bot.command("ping", (ctx) => {
  ctx.hosts.forEach(${callback});
});
`;

expectLines(
  "unordered-effects",
  {
    "acts when the last index is there": bot(`async (host, i) => {
    await ping(host);
    if (i === ctx.hosts.length - 1) {
      report(); // !
    }
  }`),
    "one condition of several": bot(`async (host, i) => {
    await ping(host);
    if (ctx.isOn && (ctx.all || i == ctx.hosts.length - 1)) report(); // !
  }`),
    "sets a flag": bot(`async (host, i) => {
    await ping(host);
    if (ctx.hosts.size - 1 === i) isDone = true; // !
  }`),
    "leaves a function for later": bot(`async (host, i) => {
    await ping(host);
    if (i === ctx.hosts.length - 1) ctx.later = () => report(); // !
  }`),
  },
  {
    "nothing was waited for yet": bot(`async (host, i) => {
    if (i === ctx.hosts.length - 1) report();
    await ping(host);
  }`),
    "another index": bot(`async (host, i) => {
    await ping(host);
    if (i === 0) report();
  }`),
    "every index but the last": bot(`async (host, i) => {
    await ping(host);
    if (i < ctx.hosts.length - 1) report();
  }`),
    "a function that looks": bot(`async (host, i) => {
    await ping(host);
    if (isLast(i)) report();
  }`),
    "in a function inside of the callback": bot(`async (host, i) => {
    await ping(host);
    await each(() => { if (i === ctx.hosts.length - 1) report(); });
  }`),
    "a callback that does not wait": bot(`(host, i) => {
    if (i === ctx.hosts.length - 1) report();
  }`),
    "a callback that takes no index": bot(`async (host) => {
    await ping(host);
  }`),
  },
);
