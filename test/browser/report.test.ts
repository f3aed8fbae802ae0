// The report in a real browser: nothing leaves the page, everything can be reached and read.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page, SerializedAXNode } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { copyOfExamples, run } from "../cli/run.ts";
import { installedBrowser, launch } from "./browser.ts";
import { lowContrasts } from "./contrast.ts";

const HOSTILE = `</script><img src="https://example.org/x" onerror="document.title='hit'">`;

/** A bot whose strings and file names are taken for markup where they are not escaped. */
const BOT = `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
const bot = new Bot("");
const seen = new Map();
bot.command(${JSON.stringify(HOSTILE)}, async (ctx) => {
  const before = seen.get("<b>&amp;") ?? 0;
  await ctx.reply(${JSON.stringify(HOSTILE)});
  seen.set("<b>&amp;", before + 1);
});
run(bot);
`;

const executable = installedBrowser();
if (executable === null)
  console.log("skipped: the report in a browser, no Chromium here (CHROME_PATH names one)");

describe.skipIf(executable === null)("the report", () => {
  let browser: Browser;
  let url = "";
  let page: Page;
  /** What no page of ours may cause: messages on the console, errors, requests. */
  let noise: string[] = [];

  beforeAll(async () => {
    const cwd = copyOfExamples();
    mkdirSync(path.join(cwd, "hostile & <i>"));
    writeFileSync(path.join(cwd, "hostile & <i>", "bot.js"), BOT);
    const { code } = await run(["report", "--config", "strict"], { cwd });
    expect(code).toBe(1);
    url = pathToFileURL(path.join(cwd, "run-async-report/index.html")).href;
    browser = await launch(executable ?? "");
  });
  afterAll(async () => {
    await browser.close();
  });

  async function open(
    options: { width?: number; scheme?: "light" | "dark"; hasScript?: boolean } = {},
  ): Promise<Page> {
    const { width = 1280, scheme = "light", hasScript = true } = options;
    noise = [];
    // A context of its own: nothing is stored from another test.
    const context = await browser.createBrowserContext();
    page = await context.newPage();
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) noise.push(request.url());
    });
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.setJavaScriptEnabled(hasScript);
    await page.goto(url);
    return page;
  }
  afterEach(async () => {
    await page.browserContext().close();
    expect(noise).toEqual([]);
  });

  const openAll = (): Promise<void> =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
  const focused = (): Promise<string> =>
    page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText.trim() ?? "");
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test("shows a bot's strings as strings", async () => {
    await open();
    await openAll();
    const text = await page.evaluate(() => document.body.innerText);
    expect(text).toContain(HOSTILE);
    expect(text).toContain("hostile & <i>/bot.js");
    expect(await page.$$("img, i")).toEqual([]);
    expect(await page.title()).not.toBe("hit");
    expect(await page.$$eval("script", (scripts) => scripts.length)).toBe(1);
  });

  test("marks the suspension between the lanes of A and B", async () => {
    await open();
    const lanes = await page.$eval("details[data-rule='run-async/no-lost-update']", (finding) =>
      [...finding.querySelectorAll(".step")].map((step) => step.className.replace("step ", "")),
    );
    expect(lanes).toEqual([
      "in-A read a-on b-off",
      "in-A suspend a-waits b-on",
      "in-B write a-waits b-off",
      "in-A write a-off b-off",
    ]);
    await openAll();
    const [dashed, solid] = await page.evaluate(() =>
      [".a-waits", ".a-on"].map((name) => {
        const step = document.querySelector(name);
        return step ? getComputedStyle(step, "::before").borderLeftStyle : "";
      }),
    );
    expect([dashed, solid]).toEqual(["dashed", "solid"]);
  });

  test("draws the pool's chain, and what has no slot beyond its size", async () => {
    await open();
    const graph = await page.$$eval("svg .task", (tasks) =>
      tasks.map(
        (task) => `${task.querySelector(".name")?.textContent ?? ""} ${task.classList[1] ?? ""}`,
      ),
    );
    expect(graph.map((task) => task.trim())).toEqual(
      expect.arrayContaining(["parent", "child", "grandchild full"]),
    );
  });

  describe.each(["light", "dark"] as const)("%s", (scheme) => {
    test.each([1280, 390, 320])("fits %i px, all unfolded", async (width) => {
      await open({ scheme, width });
      await openAll();
      const [content, visible] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(content).toBe(visible);
    });

    test("has enough contrast everywhere", async () => {
      await open({ scheme });
      await openAll();
      expect(await page.evaluate(lowContrasts)).toEqual([]);
    });
  });

  test("the theme is the system's, then the chosen one, also after a reload", async () => {
    await open({ scheme: "dark" });
    const dark = await background();
    const toggle = await page.waitForSelector("button ::-p-text(Light theme)");
    await toggle?.click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await background()).toBe(light);
    await page.click("#theme");
    expect(await background()).toBe(dark);
    await open({ scheme: "light" });
    expect(await background()).toBe(light);
  });

  test("the keyboard gets everywhere, and one sees where it is", async () => {
    await open();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the findings");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => location.hash)).toBe("#main");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("filter");
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Tab");
    const summary = await page.evaluate(() => {
      const element = document.activeElement;
      return {
        name: element?.localName,
        outline: element ? getComputedStyle(element).outlineStyle : "",
        isOpen: element?.closest("details")?.open,
      };
    });
    expect(summary).toEqual({ name: "summary", outline: "solid", isOpen: true });
    await page.keyboard.press("Enter");
    const isOpen = () =>
      page.evaluate(() => document.activeElement?.closest("details")?.open ?? null);
    expect(await isOpen()).toBe(false);
    await page.keyboard.press("Space");
    expect(await isOpen()).toBe(true);
    const reached = new Set<string>();
    for (let presses = 0; presses < 400; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const all = [...document.querySelectorAll("*")];
        return String(all.indexOf(element));
      });
      if (at === null || reached.has(at)) break;
      reached.add(at);
    }
    const missed = await page.evaluate(
      (seen) => {
        const all = [...document.querySelectorAll("*")];
        return all
          .filter((element) => element.matches("main a, main summary, main [tabindex]"))
          .filter(
            (element) => element.checkVisibility() && !seen.includes(String(all.indexOf(element))),
          )
          .map((element) => element.textContent);
      },
      [...reached],
    );
    // The first summary is where the walk began.
    expect(missed.slice(1)).toEqual([]);
  });

  test("the filter and the rule leave what was asked for, and say how much", async () => {
    await open();
    const visible = () =>
      page.$$eval("#findings .item", (all) => all.filter((item) => item.checkVisibility()).length);
    const all = await visible();
    await page.type("#filter", "HOSTILE");
    expect(await visible()).toBe(1);
    const shown = () => page.$eval("#shown", (output) => output.textContent);
    expect(await shown()).toMatch(/^\d+ of \d+ entries shown$/);
    await page.$eval("#filter", (input) => {
      (input as HTMLInputElement).value = "";
      input.dispatchEvent(new Event("input"));
    });
    expect(await visible()).toBe(all);
    expect(await shown()).toBe("");
    await page.select("#rule", "run-async/no-nested-pool-wait");
    const rules = await page.$$eval("#findings .item", (items) =>
      items.filter((item) => item.checkVisibility()).map((item) => item.getAttribute("data-rule")),
    );
    expect(new Set(rules)).toEqual(new Set(["run-async/no-nested-pool-wait"]));
    await page.click("#fold");
    expect(
      await page.$$eval("#findings .item:not([hidden])", (items) =>
        items.every((item) => (item as HTMLDetailsElement).open),
      ),
    ).toBe(true);
    expect(await page.$eval("#fold", (button) => button.textContent)).toBe("Close all");
  });

  test("without scripts everything is there but the tools", async () => {
    await open({ hasScript: false });
    const text = await page.$eval("body", (body) => body.innerText);
    expect(text).toContain("no-lost-update");
    expect(text).not.toContain("Open all");
  });

  test("has landmarks, headings in order, and a name for every control", async () => {
    await open();
    await openAll();
    const structure = await page.evaluate(() => ({
      language: document.documentElement.lang,
      landmarks: ["body > header", "header nav[aria-label]", "main", "search", "footer"].map(
        (selector) => document.querySelectorAll(selector).length,
      ),
      headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(({ localName }) =>
        Number(localName.slice(1)),
      ),
      doubleIds: [...document.querySelectorAll("[id]")]
        .map(({ id }) => id)
        .filter((id, index, ids) => ids.indexOf(id) !== index),
    }));
    expect(structure).toMatchObject({
      language: "en",
      landmarks: [1, 1, 1, 1, 1],
      doubleIds: [],
    });
    const { headings } = structure;
    expect(headings.filter((level) => level === 1)).toEqual([1]);
    for (const [index, level] of headings.entries())
      expect(level - (headings[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const tree = await page.accessibility.snapshot({ interestingOnly: false });
    const nodes: SerializedAXNode[] = [];
    const walk = (node: SerializedAXNode | null): void => {
      if (!node) return;
      nodes.push(node);
      node.children?.forEach(walk);
    };
    walk(tree);
    const roles = ["button", "link", "searchbox", "combobox", "DisclosureTriangle", "image"];
    const controls = nodes.filter(({ role }) => roles.includes(role));
    expect(new Set(controls.map(({ role }) => role))).toEqual(new Set(roles));
    expect(controls.filter(({ name }) => !name?.trim())).toEqual([]);
  });
});
