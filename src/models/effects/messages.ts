/**
 * Calls that tell somebody something or write a log, by the way that frameworks and bots name them: nobody is
 * harmed when one is made twice. `sendInvoice` is none.
 */
export const MESSAGES =
  /^(?:(?:log|debug|info|warn|error|trace|ready|reply|answer|edit|render|show|defer|followUp|respond|say|react|forward|pin|ack)(?:$|[A-Z])|send(?:$|Or|Message|Reply|Embed|Error|Text|Photo|Markdown|HTML)|delete\w*Message)/;

/** What code writes its log to. */
export const LOGGERS = /^(?:console|log|logger|logs)$/i;

/** What the argument of a call holds that changes a message: `interaction.update({ content, components })`. */
export const MESSAGE_BODY: ReadonlySet<string> = new Set(["content", "embeds", "components"]);

/** Methods that give the address of a picture: `user.displayAvatarURL()`. */
export const PICTURES = /^(?:\w*[aA]vatar|icon|banner|splash)URL$/;

/** What a message is put together from: an embed, a keyboard. */
export const MESSAGE_PARTS = /(?:Builder|Embed|Keyboard|Button|Row)$/i;

/** Functions whose result is a text about what they are given: a summary, a page, a translation. */
export const MAKES_TEXT =
  /^(?:generate|render|describe|summari[sz]e|translate|write|format|compose|draft|explain)(?=[A-Z_]|$)/;
