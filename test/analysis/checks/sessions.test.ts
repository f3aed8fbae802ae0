// Sessions that are a copy for each update, and what keeps the updates of one session apart.
import { expectLines } from "./expect-lines.ts";

const START = `import { Bot, session } from "grammy";
import { run, sequentialize } from "@grammyjs/runner";
import { conversations } from "@grammyjs/conversations";
const bot = new Bot("token");
`;

expectLines(
  "unsequenced-session",
  {
    "no key, the runner": `${START}
bot.use(session({ initial: () => ({ n: 0 }) })); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "a session that is taken out of the context": `${START}
bot.use(session({ initial: () => ({ n: 0 }) })); // !
bot.on("message", ({ session }) => { session.n += 1; });
run(bot);`,
    "a session in a constant": `${START}
const memory = session({ initial: () => ({ n: 0 }) });
bot.use(memory); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "options from elsewhere": `${START}
bot.use(session(...options)); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "the user in front, the chat behind": `${START}
bot.use(sequentialize((ctx) => String(ctx.from?.id)));
bot.use(session({ initial: () => ({ n: 0 }), getSessionKey: (ctx) => String(ctx.chat?.id) })); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "a named key by the user, sequenced by a chat": `${START}
function byUser(ctx) { return String(ctx.from?.id); }
bot.use(sequentialize((ctx) => String(ctx.chat?.id)));
bot.use(session({ initial: () => ({ n: 0 }), getSessionKey: byUser })); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "many connections": `${START}
bot.use(session({ initial: () => ({ n: 0 }) })); // !
bot.on("message", (ctx) => { ctx.session.n += 1; });
bot.api.setWebhook("url", { max_connections: 40 });
run(bot);`,
    "the conversations plugin beside the session": `${START}
bot.use(conversations());
bot.use(session({ initial: () => ({ n: 0 }) })); // !
bot.use(session({ initial: () => ({ m: 0 }) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
  },
  {
    "a session that comes from elsewhere": `${START}
bot.use(memory, other, ...more);
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "a variable that is set later": `${START}
let memory;
bot.use(memory);
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "a parameter": `${START}
function install(memory) { bot.use(memory); }
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "sequenced by the chat": `${START}
bot.use(sequentialize((ctx) => String(ctx.chat?.id)));
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "sequenced by something that says nothing": `${START}
bot.use(sequentialize((ctx) => keyOf(ctx)));
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "one function for both keys": `${START}
const key = (ctx) => String(ctx.from?.id);
bot.use(sequentialize(key));
bot.use(session({ initial: () => ({ n: 0 }), getSessionKey: key }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "the same part of the context": `${START}
bot.use(sequentialize((ctx) => [String(ctx.chat?.id), String(ctx.from?.id)]));
bot.use(session({ initial: () => ({ n: 0 }), getSessionKey: (ctx) => String(ctx.from?.id) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "a key that says nothing": `${START}
bot.use(sequentialize((ctx) => String(ctx.from?.id)));
bot.use(session({ initial: () => ({ n: 0 }), getSessionKey: keyOf }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
run(bot);`,
    "one connection": `${START}
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
bot.api.setWebhook("url", { max_connections: 1 });
run(bot);`,
    "a session that nobody uses with use": `${START}
keep(session({ initial: () => ({ n: 0 }) }));
use(session({ initial: () => ({ n: 0 }) }));
bot.on("message", (ctx) => { ctx.reply("x"); });
run(bot);`,
    "a session that no handler looks at": `${START}
bot.use(session({ initial: () => ({}) }));
bot.on("message", (ctx) => ctx.reply("hi"));
run(bot);`,
    "a session without handlers": `${START}
bot.use(session({ initial: () => ({ n: 0 }) }));
run(bot);`,
  },
);
