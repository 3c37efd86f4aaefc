import { setTimeout as delay } from "node:timers/promises";
import { createLibp2pStack } from "./libp2p.ts";
import { createOurs } from "./ours.ts";
import { createBareTls, createProxied } from "./sockets.ts";
import {
  type Answer,
  chunkBytes,
  type EndArguments,
  type Pipe,
  type Question,
  type Role,
  type Stack,
  type StackName,
} from "./stack.ts";

// One part of a stack in a process of its own. It tells its address, or that it is ready, answers what it is asked, and
// lives until its parent goes.
const { stack: name, role, bytes, address = "" }: EndArguments = JSON.parse(process.argv[2] ?? "");
const stacks: Record<StackName, () => Stack> = {
  ours: () => createOurs(firstNumbers[role]),
  libp2p: createLibp2pStack,
  proxy: createProxied,
  tls: createBareTls,
};
/** Numbers of our nodes' identities, which no two processes share. */
const firstNumbers: Record<Role, number> = { relay: 1, receiver: 2, sender: 3, clients: 10 };
const stack = stacks[name]();

const answer = await start();
process.on("message", async (question: Question) => process.send?.(await answer(question)));
process.on("disconnect", () => process.exit());
process.on("SIGTERM", () => process.exit());

async function start(): Promise<(question: Question) => Promise<Answer> | Answer> {
  if (role === "relay") {
    tell({ address: await stack.relay() });
    return tellMemory;
  }
  if (role === "receiver") {
    tell({ address: await stack.receive(address || undefined, answerTransfers) });
    return () => ({});
  }
  if (role === "clients") {
    tell({});
    return becomeMore();
  }
  const open = await stack.dial(address);
  const send = createSender(await open());
  tell({});
  return async () => ({ elapsedMs: await send() });
}

function tell(answer: Answer): void {
  process.send?.(answer);
}

/** The least of some seconds with a collection each: what is kept, and not what waits to be collected or to settle. */
async function tellMemory(): Promise<Answer> {
  let rssBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    await delay(1000);
    globalThis.gc?.();
    rssBytes = Math.min(rssBytes, process.memoryUsage.rss());
  }
  return { rssBytes };
}

/** Answers with one byte each time that a transfer is whole. */
function answerTransfers(pipe: Pipe): void {
  let received = 0;
  pipe.onBytes((length) => {
    received += length;
    for (; received >= bytes; received -= bytes) pipe.write(Buffer.from([1]));
  });
}

function createSender(pipe: Pipe): () => Promise<number> {
  const chunk = Buffer.alloc(chunkBytes, 7);
  let answered = () => {};
  pipe.onBytes(() => answered());
  return async () => {
    const whole = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const startedAt = performance.now();
    for (let sent = 0; sent < bytes; sent += chunkBytes) {
      if (!pipe.write(chunk)) await pipe.drained();
    }
    await whole;
    return performance.now() - startedAt;
  };
}

/** Many idle clients of one relay: receivers that hold reservations, those who dialled one of them, and their pipes. */
function becomeMore(): (question: Question) => Promise<Answer> {
  let receiver = "";
  const openers: (() => Promise<Pipe>)[] = [];
  return async (question) => {
    if (typeof question === "string") return {};
    if ("receivers" in question) {
      for (let count = 0; count < question.receivers; count++) receiver = await stack.receive(address, () => undefined);
    } else if ("parked" in question) {
      for (let count = 0; count < question.parked; count++) await stack.park?.(address);
    } else if ("diallers" in question) {
      for (let count = 0; count < question.diallers; count++) openers.push(await stack.dial(receiver));
    } else {
      for (const open of openers) for (let count = 0; count < question.pipesEach; count++) await open();
    }
    return {};
  };
}
