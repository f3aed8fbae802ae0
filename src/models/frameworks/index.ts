import type { FrameworkModel } from "../model.ts";
import { baileys, botkit, matrix, openWa, probot, slackBolt, vkIo, whatsappWeb } from "./chat.ts";
import {
  commandKit,
  discordFrameworks,
  discordJs,
  discordPlayers,
  eris,
  oceanic,
  sapphireTasks,
} from "./discord.ts";
import { grammy } from "./grammy.ts";
import { http, nestjs } from "./http.ts";
import { cron, croner, nodeCron, nodeSchedule, queues, taskSchedulers } from "./jobs.ts";
import { emitters, node, streams } from "./node.ts";
import { nodeTelegramBotApi } from "./node-telegram-bot-api.ts";
import { runtime } from "./runtime.ts";
import { awsLambda, next } from "./serverless.ts";
import { nestjsTelegraf, telegraf } from "./telegraf.ts";
import { gramio, mtcute, puregram } from "./telegram-others.ts";

/** Asked in this order where only a customary name tells what a value is. */
export const frameworks: readonly FrameworkModel[] = [
  runtime,
  grammy,
  telegraf,
  nestjsTelegraf,
  nodeTelegramBotApi,
  gramio,
  puregram,
  mtcute,
  discordJs,
  discordFrameworks,
  sapphireTasks,
  commandKit,
  discordPlayers,
  eris,
  oceanic,
  slackBolt,
  botkit,
  vkIo,
  baileys,
  whatsappWeb,
  openWa,
  matrix,
  probot,
  http,
  nestjs,
  awsLambda,
  next,
  nodeCron,
  cron,
  nodeSchedule,
  croner,
  queues,
  taskSchedulers,
  emitters,
  streams,
  node,
];
