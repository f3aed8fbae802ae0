/**
 * Exports that only make a keyboard, an embed or a text out of their arguments, by package: evaluated later
 * they give the same. Names from the packages' own type declarations.
 */
export const FORMATTERS: Readonly<Record<string, RegExp>> = {
  grammy: /^(?:InlineKeyboard|Keyboard|InputMediaBuilder|InlineQueryResultBuilder)$/,
  "@grammyjs/parse-mode": /./,
  telegraf: /^(?:Markup|Format)$/,
  "telegraf/format": /./,
  "telegraf/markup": /./,
  "discord.js":
    /Builder$|^(?:MessageEmbed|MessageActionRow|MessageButton|bold|italic|quote|spoiler|inlineCode|codeBlock|hyperlink|userMention|roleMention|channelMention)$/,
  "@discordjs/builders": /Builder$/,
  gramio: /^(?:InlineKeyboard|Keyboard|format|bold|italic|code|link|mention)$/,
  "vk-io": /^Keyboard(?:Builder)?$/,
};
