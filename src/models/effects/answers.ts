/** What an answer has where the request was carried out. */
export const DONE = /^(?:ok|success|succeeded|isOk|isSuccess)$/;

/** What it has where the request failed. */
export const FAILED = /^(?:error|err|failed|isError|errors)$/;

/** Where it has the status code of HTTP. */
export const STATUS = /^(?:status|statusCode)$/;
