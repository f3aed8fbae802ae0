// A stand-in for a MongoDB server: no package of npm or Debian ships a real one. It speaks the wire protocol
// (OP_MSG) to the real driver under the real Mongoose, and leaves queries and update operators to mingo. What
// the tests are about is what the client sends: which fields, under which condition, in which operator.
import { createServer } from "node:net";
import { deserialize, serialize } from "bson";
import { Query, updateOne } from "mingo";

const OP_MSG = 2013;
const OP_REPLY = 1;
const OP_QUERY = 2004;

/** Starts on a free port and gives the connection string. */
export async function startMongo() {
  const collections = new Map();
  const server = createServer((socket) => {
    let pending = Buffer.alloc(0);
    socket.on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
        const length = pending.readInt32LE(0);
        const reply = answer(pending.subarray(0, length), collections);
        pending = pending.subarray(length);
        socket.write(reply);
      }
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `mongodb://127.0.0.1:${server.address().port}/test`;
}

function answer(message, collections) {
  const requestId = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) {
    const body = Buffer.alloc(20);
    body.writeInt32LE(1, 16);
    return framed(requestId, OP_REPLY, Buffer.concat([body, serialize(hello())]));
  }
  const command = readMessage(message);
  let result;
  try {
    result = execute(command, collections);
  } catch (error) {
    result = { ok: 0, errmsg: error.message, code: error.code ?? 1, codeName: "Error" };
  }
  const section = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), serialize(result)]);
  return framed(requestId, OP_MSG, section);
}

function framed(responseTo, opCode, body) {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** The command's document, with the document sequences that a driver may send beside it. */
function readMessage(message) {
  let offset = 20;
  let command = {};
  while (offset < message.length) {
    const kind = message[offset];
    offset += 1;
    const size = message.readInt32LE(offset);
    if (kind === 0) Object.assign(command, deserialize(message.subarray(offset, offset + size)));
    else {
      const end = message.indexOf(0, offset + 4);
      const name = message.toString("utf8", offset + 4, end);
      const documents = [];
      for (let at = end + 1; at < offset + size;) {
        const length = message.readInt32LE(at);
        documents.push(deserialize(message.subarray(at, at + length)));
        at += length;
      }
      command[name] = documents;
    }
    offset += size;
  }
  return command;
}

function hello() {
  return {
    ok: 1,
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    minWireVersion: 0,
    maxWireVersion: 25,
    localTime: new Date(),
  };
}

function collectionOf(collections, name) {
  if (!collections.has(name)) collections.set(name, { documents: [], unique: [["_id"]] });
  return collections.get(name);
}

/** One command runs to its end before the next: MongoDB's atomicity of a single document. */
function execute(command, collections) {
  const [name] = Object.keys(command);
  const collection = collectionOf(collections, command[name]);
  switch (name) {
    case "hello":
    case "isMaster":
    case "ismaster":
      return hello();
    case "createIndexes":
      for (const index of command.indexes)
        if (index.unique) collection.unique.push(Object.keys(index.key));
      return { ok: 1 };
    case "insert":
      for (const document of command.documents) insert(collection, document);
      return { ok: 1, n: command.documents.length };
    case "find": {
      const found = collection.documents.filter((document) => matches(command.filter, document));
      const firstBatch = found.slice(0, command.limit || found.length);
      return { ok: 1, cursor: { id: 0n, ns: `test.${command.find}`, firstBatch } };
    }
    case "update": {
      let n = 0;
      for (const { q, u, upsert } of command.updates) n += update(collection, q, u, upsert);
      return { ok: 1, n, nModified: n };
    }
    case "delete": {
      const before = collection.documents.length;
      for (const { q, limit } of command.deletes) remove(collection, q, limit);
      return { ok: 1, n: before - collection.documents.length };
    }
    case "findAndModify": {
      const before = collection.documents.find((document) => matches(command.query, document));
      const value = before ? structuredClone(before) : null;
      const n = update(collection, command.query, command.update, command.upsert);
      return { ok: 1, lastErrorObject: { n, updatedExisting: before !== undefined }, value };
    }
    case "endSessions":
    case "ping":
    case "create":
      return { ok: 1 };
    default:
      return { ok: 0, errmsg: `no such command: ${name}`, code: 59, codeName: "CommandNotFound" };
  }
}

const matches = (filter, document) => new Query(filter ?? {}).test(document);

function remove(collection, filter, limit) {
  const found = collection.documents.filter((document) => matches(filter, document));
  const gone = new Set(found.slice(0, limit || found.length));
  collection.documents = collection.documents.filter((document) => !gone.has(document));
}

function insert(collection, document) {
  for (const key of collection.unique)
    if (
      collection.documents.some((other) =>
        key.every((field) => String(other[field]) === String(document[field])),
      )
    )
      throw Object.assign(new Error("E11000 duplicate key error"), { code: 11000 });
  collection.documents.push(document);
}

function update(collection, filter, change, isUpsert) {
  const document = collection.documents.find((candidate) => matches(filter, candidate));
  if (!document && !isUpsert) return 0;
  const target = document ?? { ...filter };
  const { $setOnInsert, ...operators } = change;
  if (Object.keys(operators).length > 0) updateOne([target], {}, operators);
  if (!document) insert(collection, { ...target, ...$setOnInsert });
  return 1;
}
