/** Events of the process that keep it alive where a promise rejects and nobody handles it. */
export const FAILURE_EVENTS: readonly string[] = ["unhandledRejection", "uncaughtException"];

/** Calls that end the process or a client: what was not sent by then is not sent at all. */
export const ENDS =
  /^(?:process\.(?:exit|kill|abort)|(?:bot|client|updater)\.(?:stop|destroy|close))$/;
