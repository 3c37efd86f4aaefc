import { createHash, X509Certificate } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { createDataPort, ticketMark } from "../../../node/core/overlay/lanes/data-port.ts";
import { laneAlpn } from "../../../node/core/overlay/lanes/protocol.ts";
import { createSplices } from "../../../node/core/overlay/lanes/splices.ts";
import { createCertificate, verifyCertificate } from "../../../node/core/overlay/pq-tls/certificate.ts";
import { decodeAll, encode } from "../../../node/core/overlay/pq-tls/der.ts";
import { credentialsOf, secureSocket } from "../../../node/core/overlay/pq-tls/index.ts";
import { answerBytes, encodeLength, lengthBytes } from "../../../node/services/throughput/protocol.ts";
import { receiveTransfer } from "../../../node/services/throughput/receive.ts";
import { sendTransfer } from "../../../node/services/throughput/send.ts";
import { identityOf } from "../../harness/identities.ts";
import { soon } from "../../harness/mesh.ts";
import { refused, type Target } from "../target.ts";

const identity = identityOf(1);
const client = identityOf(2).peerId;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

async function readAll(duplex: Duplex): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of duplex.iterator({ destroyOnReturn: false })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export const socketTargets: readonly Target[] = [
  {
    name: "a certificate",
    rounds: 400,
    open: async () => {
      const { raw } = new X509Certificate((await createCertificate(identity)).cert);
      return {
        valid: () => raw,
        codes: ["HANDSHAKE_REFUSED"],
        async read(der) {
          const { peerId, nodeKey } = await verifyCertificate(der);
          return { peerId, nodeKey: nodeKey.toString() };
        },
      };
    },
  },
  {
    name: "DER",
    rounds: 1_000,
    open: async () => {
      const { raw } = new X509Certificate((await createCertificate(identity)).cert);
      return {
        valid: () => raw,
        codes: [],
        async read(der) {
          try {
            return Buffer.concat(decodeAll(der).map(({ tag, content }) => encode(tag, content)));
          } catch (error) {
            // It has no code of its own: the certificate's parser gives it one.
            if (error instanceof Error) return refused;
            throw error;
          }
        },
        // What it takes has one spelling.
        isSound: (meaning, { bytes }) => Buffer.from(bytes).equals(meaning as Buffer),
      };
    },
  },
  {
    name: "a ticket or a handshake on the data port",
    rounds: 200,
    async open() {
      const splices = createSplices({ perClient: 1_000, total: 1_000 });
      const credentials = await credentialsOf(identity);
      let shown: string | null = null;
      const port = createDataPort(
        { hosts: ["127.0.0.1"], port: 0 },
        {
          onLane: (socket) =>
            void secureSocket(socket, {
              isServer: true,
              credentials,
              protocols: [laneAlpn],
              // Who stops in the middle of a handshake is not waited for as long as in earnest.
              signal: AbortSignal.timeout(100),
            }).then(
              () => {
                shown = "a lane";
              },
              () => undefined,
            ),
          onTicket(ticket, socket) {
            splices.accept(ticket, socket);
            // One that it takes waits for the other end.
            if (!socket.destroyed) shown = ticket;
            socket.destroy();
          },
        },
      );
      await port.start(soon());
      return {
        valid() {
          splices.closeAll();
          const pair = splices.issue(client, () => undefined);
          return Buffer.concat([Buffer.from([ticketMark]), Buffer.from(pair?.near ?? "", "hex"), Buffer.from("bytes")]);
        },
        codes: [],
        async read(bytes) {
          shown = null;
          await greet(port.port ?? 0, bytes);
          return shown ?? refused;
        },
        worksOnce: true,
        isSound: (meaning, { original }) => meaning === Buffer.from(original.subarray(1, 33)).toString("hex"),
        async close() {
          splices.closeAll();
          await port.stop();
        },
      };
    },
  },
  {
    name: "a throughput measurement",
    rounds: 300,
    open: async () => ({
      valid(random) {
        const body = random.bytes(1 + random.integer(2_000));
        return Buffer.concat([encodeLength(body.length), body]);
      },
      codes: ["MALFORMED_FRAME"],
      async read(bytes) {
        const [near, far] = duplexPair();
        near.end(bytes);
        await receiveTransfer(far, soon());
        return readAll(near);
      },
      isSound: (meaning, { bytes }) => {
        const body = bytes.subarray(lengthBytes);
        return Buffer.concat([encodeLength(body.length), sha256(body)]).equals(meaning as Buffer);
      },
    }),
  },
  {
    name: "the answer to a throughput measurement",
    rounds: 300,
    open: async () => ({
      // What is added to the honest answer, which only its reader's bytes give.
      valid: () => new Uint8Array(answerBytes),
      codes: ["TRANSFER_CORRUPT", "TRANSFER_FAILED", "TRANSFER_BUSY"],
      async read(difference) {
        const [near, far] = duplexPair();
        for (const end of [near, far]) end.on("error", () => undefined);
        const body = new Promise<Buffer>((resolve) => far.once("readable", () => resolve(far.read() as Buffer)));
        const sending = sendTransfer(near, 500, soon());
        sending.catch(() => undefined);
        const parts = [await body];
        while (Buffer.concat(parts).length < lengthBytes + 500) {
          const part = far.read() as Buffer | null;
          if (part === null) await new Promise((resolve) => far.once("readable", resolve));
          else parts.push(part);
        }
        const honest = Buffer.concat([encodeLength(500), sha256(Buffer.concat(parts).subarray(lengthBytes))]);
        far.end(difference.map((byte, index) => byte ^ (honest[index] ?? 0)));
        far.resume();
        await sending;
        return Buffer.from(difference);
      },
      isSound: (meaning) => Buffer.alloc(answerBytes).equals(meaning as Buffer),
    }),
  },
];

/** Sends bytes to a port and waits until the other end has closed. */
async function greet(port: number, bytes: Uint8Array): Promise<void> {
  const socket: Socket = connect({ port, host: "127.0.0.1" });
  // It closes in the middle of what it did not want.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  socket.end(bytes);
  await closed;
}
