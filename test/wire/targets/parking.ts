import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import type { PeerConnection } from "../../../node/core/overlay/index.ts";
import { createParkedClients } from "../../../node/core/overlay/parking/parked-clients.ts";
import { parkAnswerSchema, words } from "../../../node/core/overlay/parking/protocol.ts";
import { waitOn } from "../../../node/core/overlay/parking/waiting-socket.ts";
import { identityOf } from "../../harness/identities.ts";
import { createManualTiming } from "../../harness/manual-timing.ts";
import { hexOf, refused, type Target } from "../target.ts";
import { isPort, message, portOf } from "./message.ts";

/** Pairs of sockets: one that a stranger has dialled, and ours. */
async function createSockets() {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    async pair(): Promise<{ stranger: Socket; own: Socket }> {
      const accepted = once(server, "connection");
      const stranger = connect({ port, host: "127.0.0.1" });
      const [own] = (await accepted) as [Socket];
      for (const socket of [stranger, own]) socket.on("error", () => undefined);
      return { stranger, own };
    },
    async close() {
      server.close();
      await once(server, "close");
    },
  };
}

/** What comes back until the other end closes, or resets what it has had enough of. */
function readToEnd(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve) => socket.once("close", () => resolve(Buffer.concat(parts))));
}

export const parkingTargets: readonly Target[] = [
  message(
    "a relay's answer about a waiting socket",
    parkAnswerSchema,
    (random) => ({ port: portOf(random), ticket: hexOf(random, 32) }),
    ({ port, ticket }) => isPort(port) && /^[0-9a-f]{64}$/.test(ticket),
  ),
  {
    name: "what a client says on its waiting socket",
    rounds: 200,
    async open() {
      const sockets = await createSockets();
      const { peerId, libp2pKey } = identityOf(2);
      const client = { peerId, path: "direct", libp2p: { remotePeer: peerIdFromPrivateKey(libp2pKey) } };
      const parked = createParkedClients({ connections: () => [], timing: createManualTiming() });
      parked.serve(() => true);
      return {
        valid: (random) => Buffer.alloc(1 + random.integer(8), words.alive),
        codes: [],
        async read(bytes) {
          const { stranger, own } = await sockets.pair();
          parked.accept(parked.issue(client as unknown as PeerConnection) ?? "", own);
          stranger.end(bytes);
          const [first = words.parked, ...answers] = await readToEnd(stranger);
          if (first !== words.parked || answers.some((word) => word !== words.alive)) return "something else";
          return answers.length === 0 ? refused : "it is there";
        },
        isSound: (meaning, { bytes }) =>
          meaning === "it is there" && bytes.length <= 8 && bytes.every((word) => word === words.alive),
        async close() {
          parked.serve(null);
          await sockets.close();
        },
      };
    },
  },
  {
    name: "what a relay says on a waiting socket",
    rounds: 200,
    async open() {
      const sockets = await createSockets();
      return {
        valid: (random) => Buffer.from([...Buffer.alloc(random.integer(8), words.alive), words.wake]),
        codes: [],
        async read(bytes) {
          const { stranger, own } = await sockets.pair();
          stranger.resume().end(bytes);
          const ending = await waitOn(own, createManualTiming());
          own.destroy();
          return ending === "woken" ? ending : refused;
        },
        isSound(meaning, { bytes }) {
          const [said] = bytes.filter((word) => word !== words.alive);
          return meaning === "woken" && said === words.wake;
        },
        close: sockets.close,
      };
    },
  },
];
