/** Names of calls that tell somebody or write a log: nobody is harmed when one is made twice. */
export const MESSAGES =
  /^(?:log|debug|info|warn|error|trace|ready|(?:reply|answer|edit|render|show|defer|followUp|respond)(?:$|[A-Z]).*|send(?:$|Or|Message|Reply|Embed|Error|Text|Photo|Markdown|HTML).*)$/;

/** What a message is put together from: an embed, a keyboard. */
export const MESSAGE_PARTS = /(?:Builder|Embed|Keyboard|Button|Row)$/i;
