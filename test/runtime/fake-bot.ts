import { afterEach, beforeEach } from "vitest";
import { Updater, type UpdaterOptions } from "../../src/runtime/index.ts";
import { FakeBotApi } from "../../src/runtime/testing/index.ts";

export interface FakeBot {
  /** The server of the test that runs. */
  readonly api: FakeBotApi;
  /** Stops an updater that the test made itself. */
  stopLater(updater: Updater): void;
  /** An updater that talks to it and is stopped after the test, with every failure of a handler. */
  updaterFor(options?: UpdaterOptions, token?: string): { updater: Updater; errors: unknown[] };
}

/** Starts a fake Bot API server before each test of the file, and stops it with its updaters after it. */
export function useFakeBot(): FakeBot {
  let api: FakeBotApi;
  const updaters: Updater[] = [];
  beforeEach(async () => {
    api = await FakeBotApi.start();
  });
  afterEach(async () => {
    await Promise.all(updaters.splice(0).map((updater) => updater.stop({ deadline: 1000 })));
    await api.close();
  });
  return {
    get api() {
      return api;
    },
    stopLater(updater) {
      updaters.push(updater);
    },
    updaterFor(options = {}, token = api.token) {
      const updater = new Updater(token, { apiRoot: api.apiRoot, ...options });
      updaters.push(updater);
      const errors: unknown[] = [];
      updater.dispatcher.addErrorHandler((_update, context) => {
        errors.push(context.error);
      });
      return { updater, errors };
    },
  };
}
