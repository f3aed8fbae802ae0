// The folder that a computed specifier can only mean: `require(path.join(__dirname, "commands", name))`.
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOfFolder } from "../../../src/analysis/project/folder-import.ts";
import { Project } from "../../../src/analysis/project/project.ts";
import { folderOf } from "../harness.ts";

const FILES = {
  "commands/a.js": "",
  "commands/deep/b.mts": "",
  "commands/types.d.ts": "",
  "commands/notes.md": "",
  "commands/1/2/3/c.js": "",
  "commands/1/2/3/4/d.js": "",
  "bot.js": "",
};

function filesOf(code: string, name = "bot.js"): string[] {
  const root = folderOf({ "package.json": "{}", ...FILES, [name]: code });
  const project = new Project(root);
  const file = project.fileAt(join(root, name));
  const [specifier] = file?.computedImports ?? [];
  if (!file || !specifier) throw new SyntaxError("The program imports nothing computed.");
  return filesOfFolder(project, specifier, file)
    .map((path) => project.relative(path))
    .sort();
}

const ALL = ["commands/1/2/3/c.js", "commands/a.js", "commands/deep/b.mts"];

test.each([
  "`./commands/${name}`",
  "`./commands/${name}.js`",
  "`./commands/a${name}`",
  '"./commands/" + name',
  '"./" + "commands/" + name + ".js"',
  "`./commands/` + name",
  "`${'./commands/'}${name}`",
  "folder + name",
  'path.join(__dirname, "commands", name)',
  'path.join(__dirname, "commands/", name)',
  "path.resolve(__dirname, `commands/${name}`, 'index.js')",
  'join(import.meta.dirname, "commands", name)',
  'join(dirname(fileURLToPath(import.meta.url)), "commands", name)',
  'pathToFileURL(join(__dirname, "commands", name)).href',
  'pathToFileURL(join(__dirname, "commands", name) as string).href',
])("%s", (specifier) => {
  const isTypeScript = specifier.includes(" as ");
  const code = `const folder = "./commands/";\nimport(${specifier});`;
  expect(filesOf(code, isTypeScript ? "main.ts" : "bot.js")).toEqual(ALL);
});

test.each([
  ["nothing is known", "name"],
  ["nothing of the beginning is known", "name + '/commands/a.js'"],
  ["a number is added", "1 + name"],
  ["something is taken off", '"./commands/" - name'],
  ["it is another function's", 'shout("./commands/" + name)'],
  ["it is a property", "config.folder + name"],
  ["the path of nothing", "pathToFileURL()"],
  ["names that mean each other", "one + name"],
  ["parts of an object", "part + name"],
  ["the folder of the project itself", "`./${name}`"],
  ["a folder outside of the project", "`../${name}`"],
  ["a folder that is not there", "`./events/${name}`"],
  ["a folder beside a file of its name", "`./comm${name}`"],
  ["one module, known to the last letter", "('./commands/' + 'a.js')"],
  ["an argument that is spread", "path.join(...parts)"],
])("none, where %s", (_name, specifier) => {
  const code = `const one = two, two = one;\nconst { part } = { part: "./commands/" };\nimport(${specifier});`;
  expect(filesOf(code)).toEqual([]);
});
