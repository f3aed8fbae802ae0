// Runs each handler twice at once against the real client and says what is left: started by stores.test.ts in
// the folder where the clients are installed, with the folder of handlers as its argument.
import { pathToFileURL } from "node:url";

const tasks = JSON.parse(process.argv[2]);

/** Both activations come here before either goes on, or one comes and the other is done. */
function meetingOf(count) {
  let arrived = 0;
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  const arrive = () => {
    arrived += 1;
    if (arrived >= count) open();
  };
  return {
    leave: arrive,
    meet: async () => {
      arrive();
      await gate;
    },
  };
}

const results = {};
for (const { name, path } of tasks) {
  const { handle, setUp, left } = await import(pathToFileURL(path).href);
  await setUp();
  const meeting = meetingOf(2);
  const activation = async () => {
    try {
      await handle({ author: { id: "alice" }, meet: meeting.meet });
      return true;
    } catch {
      return false;
    } finally {
      meeting.leave();
    }
  };
  const [a, b] = await Promise.all([activation(), activation()]);
  // What the handlers said they did: a refused one threw, and somebody heard of it.
  results[name] = { confirmed: Number(a) + Number(b), left: await left() };
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
