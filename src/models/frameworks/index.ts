import type { FrameworkModel } from "../model.ts";
import { discordJs, node, slackBolt } from "./chat.ts";
import { runtime } from "./runtime.ts";
import { grammy, nodeTelegramBotApi, telegraf } from "./telegram.ts";

export const frameworks: readonly FrameworkModel[] = [
  runtime,
  grammy,
  telegraf,
  nodeTelegramBotApi,
  discordJs,
  slackBolt,
  node,
];
