import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

export interface Account {
  readonly id: number;
  balance: number;
}

/** Keeps accounts. What `readAccount` gives is a copy: nothing changes in the bank before `writeAccount`. */
export interface Bank {
  readAccount(id: number): Promise<Account>;
  writeAccount(account: Account): Promise<void>;
  log(entry: string): void;
}

/** One JSON file for each account. */
export class FileBank implements Bank {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async readAccount(id: number): Promise<Account> {
    try {
      return JSON.parse(await readFile(this.#fileOf(id), "utf8")) as Account;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return { id, balance: 0 };
    }
  }

  async writeAccount(account: Account): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#fileOf(account.id), JSON.stringify(account));
  }

  log(entry: string): void {
    console.log(new Date().toISOString(), entry);
  }

  #fileOf(id: number): string {
    return path.join(this.#folder, `${id}.json`);
  }
}
