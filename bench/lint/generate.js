// A bot of any size, the same each time: features of ten files that share state through services, as bots do.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const FILES_OF_A_FEATURE = 10;
const HANDLERS = ["show", "give", "claim", "sell", "rename", "reset"];

const pascal = (name) => name[0].toUpperCase() + name.slice(1);

const handler = (feature, name) => `import type { Context } from "grammy";
import { format${pascal(name)}, parseAmount } from "./format.js";
import { service } from "./service.js";
import type { Member } from "./types.js";

const texts = { done: "Done: ", none: "There is nobody of that name.", busy: "One moment." };

/** Answers /${name}${feature}. */
export async function ${name}(ctx: Context): Promise<void> {
  const { from, chat, match } = ctx as unknown as {
    from: { id: number; first_name: string };
    chat: { id: number };
    match: string;
  };
  const amount = parseAmount(match);
  if (amount === null || amount <= 0) {
    await ctx.reply(texts.none);
    return;
  }
  const member: Member | undefined = await service.find(from.id);
  if (!member) {
    await service.add({ id: from.id, name: from.first_name, points: 0, items: [] });
    await ctx.reply(texts.busy);
  } else if (member.points < amount) {
    await ctx.reply(\`\${texts.none} \${String(chat.id)}\`);
  } else {
    try {
      await service.change(from.id, -amount);
      for (const item of member.items) {
        if (item.price > amount) continue;
        await service.record(from.id, item.name);
      }
      await ctx.reply(format${pascal(name)}(texts.done, member, amount));
    } catch (error) {
      console.error("${name}", error);
      await ctx.reply(texts.none);
    }
  }
}
`;

const service = (feature) => `import { repository } from "./repository.js";
import type { Member } from "./types.js";

/** The members of feature ${feature}, kept in memory and written behind. */
class Service {
  private readonly members = new Map<number, Member>();
  private readonly history: string[] = [];
  private total = 0;

  async find(id: number): Promise<Member | undefined> {
    const known = this.members.get(id);
    if (known) return known;
    const loaded = await repository.load(id);
    if (loaded) this.members.set(id, loaded);
    return loaded;
  }

  async add(member: Member): Promise<void> {
    if (this.members.has(member.id)) return;
    this.members.set(member.id, member);
    await repository.save(member);
  }

  async change(id: number, amount: number): Promise<void> {
    const member = this.members.get(id);
    if (!member) throw new Error("unknown member");
    member.points += amount;
    this.total += amount;
    await repository.save(member);
  }

  async record(id: number, text: string): Promise<void> {
    this.history.push(\`\${String(id)} \${text}\`);
    if (this.history.length > 100) {
      const old = this.history.splice(0, 50);
      await repository.archive(old);
    }
  }
${
  feature % 5 === 0
    ? `
  async close(id: number): Promise<void> {
    const before = this.total;
    await repository.archive([String(id)]);
    this.total = before - 1;
  }
`
    : ""
}}

export const service = new Service();
`;

const repository = (feature) => `import { appendFile, readFile, writeFile } from "node:fs/promises";
import type { Member } from "./types.js";

const folder = "data/${feature}";

export const repository = {
  async load(id: number): Promise<Member | undefined> {
    try {
      return JSON.parse(await readFile(\`\${folder}/\${String(id)}.json\`, "utf8")) as Member;
    } catch {
      return undefined;
    }
  },
  async save(member: Member): Promise<void> {
    await writeFile(\`\${folder}/\${String(member.id)}.json\`, JSON.stringify(member));
  },
  async archive(lines: readonly string[]): Promise<void> {
    await appendFile(\`\${folder}/history.txt\`, lines.join("\\n"));
  },
};
`;

const format = () => `import type { Member } from "./types.js";

export function parseAmount(text: string): number | null {
  const amount = Number.parseInt(text, 10);
  return Number.isNaN(amount) ? null : amount;
}
${HANDLERS.map(
  (name) => `
export function format${pascal(name)}(start: string, member: Member, amount: number): string {
  const items = member.items.map((item) => item.name).join(", ");
  return items === "" ? \`\${start}\${String(amount)}\` : \`\${start}\${String(amount)} (\${items})\`;
}
`,
).join("")}`;

const types = () => `export interface Item {
  readonly name: string;
  readonly price: number;
}

export interface Member {
  readonly id: number;
  readonly name: string;
  points: number;
  readonly items: readonly Item[];
}
`;

const main = (features) => `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
${features.map((n) => HANDLERS.map((name) => `import { ${name} as ${name}${n} } from "./features/${n}/${name}.js";`).join("\n")).join("\n")}

const bot = new Bot(process.env["TOKEN"] ?? "");
${features.map((n) => HANDLERS.map((name) => `bot.command("${name}${n}", ${name}${n});`).join("\n")).join("\n")}
run(bot);
`;

/**
 * Writes the bot.
 * @param {string} folder where to
 * @param {number} files how many source files it has: one, and ten for each feature
 * @returns {string} a handler's file, relative to the folder
 */
export const generate = (folder, files) => {
  const features = Array.from(
    { length: Math.floor((files - 1) / FILES_OF_A_FEATURE) },
    (_, index) => index,
  );
  const write = (name, text) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  for (const n of features) {
    for (const name of HANDLERS) write(`src/features/${n}/${name}.ts`, handler(n, name));
    write(`src/features/${n}/service.ts`, service(n));
    write(`src/features/${n}/repository.ts`, repository(n));
    write(`src/features/${n}/format.ts`, format());
    write(`src/features/${n}/types.ts`, types());
  }
  write("src/bot.ts", main(features));
  write("package.json", '{ "type": "module", "dependencies": { "grammy": "^1" } }\n');
  write(
    "tsconfig.json",
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2023", "noEmit": true, "types": [] }, "include": ["src"] }\n',
  );
  return "src/features/0/give.ts";
};
