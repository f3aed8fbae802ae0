/** Methods that show a person something, besides those that the frameworks name: edits of what was sent. */
export const EDITS: readonly string[] = [
  "editMessageText",
  "editMessageCaption",
  "editReply",
  "editText",
];

/** Frameworks whose client keeps the requests to one channel in the order of the calls. */
export const ORDERED_FRAMEWORKS: readonly string[] = [
  "discord.js",
  "discord.js frameworks",
  "oceanic.js",
  "eris",
];

/** From how many milliseconds on two delays are taken to order what happens after them. */
export const ORDERING_GAP = 5_000;

/** Methods of a context or client that change what a person sees, by the way the Bot API names its methods. */
export const SHOWS = /^(?:reply|send|answer|edit|delete|forward|copy|pin|unpin|react)/;

/** What a client of the Bot API is called. */
export const CLIENTS = /(?:^|\.)(?:bot|api|telegram)$/i;

/** Methods that only look something up. */
export const LOOKS_UP = /^(?:get|is|has|in|fetch|find|to)(?=[A-Z]|$)/;

/** Methods whose effect is seen apart from the messages of the chat: the note at a pressed button. */
export const ACKNOWLEDGES = /^answer(?:CallbackQuery|CbQuery)$/;

/** Methods of a messenger's API that set something to what it then is, however often: `setMyCommands`. */
export const SETTINGS =
  /^set(?:My|Webhook|Chat|Presence|Activity|Status|Nickname|Topic)(?=[A-Z]|$)/;

/** Functions that tell somebody else than the one who asked: an admin, a channel, subscribers. */
export const TELLS_OTHERS = /^(?:send[A-Z]|notify|announce|broadcast|publish)/;

/** Methods that end something, and do nothing where that is over: `client.disconnect()`, `clearTimeout(timer)`. */
export const ENDS =
  /^(?:unsubscribe|disconnect|close|clear|stop|abort|destroy|dispose|removeAllListeners|off)(?=[A-Z]|$)/;

/** Functions whose result goes on by itself until somebody ends it: `joinVoiceChannel(...)`, `spawn(...)`. */
export const STARTS = /^(?:join|start|spawn|launch|listen|watch|subscribe|record)(?=[A-Z]|$)/;

/** Functions that take something away: a second time finds nothing. */
export const TAKES_AWAY = /^(?:delete|remove|del|unset|drop|evict|hDel|hdel|unlink)(?=[A-Z_]|$)/;
