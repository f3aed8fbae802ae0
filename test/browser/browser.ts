import { accessSync, constants } from "node:fs";
import puppeteer, { type Browser } from "puppeteer-core";

/** Where Chromium and its kin are installed by the packages of Debian, Google, macOS and Windows. */
const WELL_KNOWN = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser that CHROME_PATH names, or the first of the well-known ones; null where there is none. */
export function installedBrowser(): string | null {
  const { CHROME_PATH: named } = process.env;
  return (named === undefined ? WELL_KNOWN : [named]).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function launch(executablePath: string): Promise<Browser> {
  return puppeteer.launch({
    executablePath,
    // Chromium's sandbox refuses to run as root, as in most containers.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}
