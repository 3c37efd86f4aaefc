import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../../../node/api/client.ts";
import { backboneRoutes } from "../../../node/backbone/api.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import type { Identity } from "../../../node/core/identity/index.ts";
import { verifyRecord } from "../../../node/core/records/index.ts";
import { identityOf, recordOf } from "../../harness/identities.ts";
import {
  createTestChain,
  domain,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../../node/backbone/fixture.ts";
import { type OpenTarget, refused, type Target, toBytes, toJson } from "../target.ts";

/** One backbone with its database, for one target. */
async function openBackbone(target: (backbone: TestBackbone, member: Identity) => Promise<OpenTarget>) {
  const dataFolder = await mkdtemp(join(tmpdir(), "shadowmesh-wire-"));
  const chain = createTestChain();
  const member = newIdentity();
  chain.set(registrationFor(member.peerId));
  const backbone = await startBackbone({ dataFolder, maxChallenges: 1_000_000 }, chain);
  return {
    ...(await target(backbone, member)),
    async close() {
      await backbone.backbone.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const bodyOf = (method: string, path: string, headers: readonly string[], body: Uint8Array) => {
  const head = [`${method} ${path} HTTP/1.1`, "Host: backbone.example", "Connection: close", ...headers];
  if (body.length > 0) head.push("Content-Type: application/json", `Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
};

/**
 * Sends bytes to the backbone and reads its answer: its status and body, or `refused` where it only closed; for what
 * may be no whole request, with a time after which we hang up.
 *
 * @throws the ShadowMeshError that a refusal is
 */
async function exchange(
  url: string,
  request: Uint8Array,
  hangUpAfterMs?: number,
): Promise<{ status: number; body: unknown } | typeof refused> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const parts: Buffer[] = [];
  socket.on("data", (part) => parts.push(part));
  // A server that has had enough of a request closes in the middle of it.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(request);
  // Not at once: for Node's server a client that has ended wants no answer any more.
  const hangUp = hangUpAfterMs === undefined ? undefined : setTimeout(() => socket.end(), hangUpAfterMs);
  await closed;
  clearTimeout(hangUp);
  const text = Buffer.concat(parts).toString();
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  if (status === 0) return refused;
  const body = toJson(Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4)));
  if (status < 400) return { status, body };
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code ?? "NO_CODE";
  throw new ShadowMeshError({ code, status, summary: text.slice(0, 500), action: "-" });
}

const common = ["BAD_REQUEST", "NOT_FOUND", "PAYLOAD_TOO_LARGE"];

export const backboneTargets: readonly Target[] = [
  {
    name: "an HTTP request to a backbone",
    rounds: 300,
    open: () =>
      openBackbone(async ({ url }, { peerId }) => ({
        valid: (random) =>
          random.pick([
            bodyOf("GET", `/api/peers/lookup?peer_id=${peerId}`, [], new Uint8Array()),
            bodyOf("GET", `/api/evidence?epoch=${random.integer(1_000)}`, [], new Uint8Array()),
            bodyOf(
              "POST",
              "/api/scores/sign",
              [],
              toBytes({ epoch: 1, root: `0x${"00".repeat(32)}`, proposer: peerId }),
            ),
          ]),
        codes: [
          ...common,
          "PEER_NOT_FOUND",
          "EVIDENCE_NOT_FOUND",
          "EPOCH_OPEN",
          "EVIDENCE_REFUSED",
          "HEADERS_TOO_LARGE",
          "REQUEST_TIMEOUT",
          "RATE_LIMITED",
        ],
        worksOnce: true,
        // Half a request has no answer.
        read: (bytes) => exchange(url, bytes, 100),
        isSound: () => true,
      })),
  },
  {
    name: "an answered challenge",
    rounds: 200,
    open: () =>
      openBackbone(async (backbone, member) => ({
        valid: async () => toBytes(backbone.answerTo(member, await backbone.challengeFor(member.peerId))),
        codes: [...common, "CHALLENGE_UNKNOWN", "CHALLENGE_EXPIRED", "PEER_ID_MISMATCH", "SIGNATURE_INVALID"],
        worksOnce: true,
        read: (body) => exchange(backbone.url, bodyOf("POST", "/api/auth/verify", [], body)),
        // Nobody gets in but with the signature, whatever stands beside it.
        isSound: (_, { bytes, original }) => {
          const fields = ["challenge", "signature", "public_key", "peer_id", "node_address"];
          const of = (body: Uint8Array) => fields.map((field) => spelling(toJson(body), field)).join();
          return of(bytes) === of(original);
        },
      })),
  },
  {
    name: "a session token",
    rounds: 200,
    open: () =>
      openBackbone(async (backbone, member) => {
        const { json } = await backbone.authenticate(member);
        const record = toBytes(await backbone.recordOf(member));
        const token: string = json.session_token;
        return {
          valid: () => Buffer.from(token),
          codes: [...common, "SESSION_INVALID", "HEADERS_TOO_LARGE", "REQUEST_TIMEOUT"],
          read: (bytes) => {
            const header = `Authorization: Bearer ${Buffer.from(bytes).toString("latin1")}`;
            return exchange(backbone.url, bodyOf("POST", "/api/peers/announce", [header], record));
          },
          // White space around it is no part of it.
          isSound: (_, { bytes }) => Buffer.from(bytes).toString("latin1").trim() === token,
        };
      }),
  },
  {
    name: "an announced record",
    rounds: 200,
    open: () =>
      openBackbone(async (backbone, member) => {
        const { json } = await backbone.authenticate(member);
        let sequence = backbone.clock.now();
        return {
          valid: async () => toBytes(await backbone.recordOf(member, ++sequence)),
          codes: [...common, "RECORD_INVALID", "RECORD_STALE", "RECORD_NOT_YOURS"],
          worksOnce: true,
          read: (body) => {
            const header = `Authorization: Bearer ${json.session_token}`;
            return exchange(backbone.url, bodyOf("POST", "/api/peers/announce", [header], body));
          },
          isSound: (_, { bytes, original }) => contentOf(bytes) === contentOf(original),
        };
      }),
  },
  {
    name: "a backbone's answer to a look-up",
    rounds: 200,
    async open() {
      const member = identityOf(1);
      let body: Uint8Array = new Uint8Array();
      const server = createServer((_, response) => response.end(body));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const client = createClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      const nowMs = Date.UTC(2026, 0, 1);
      return {
        async valid() {
          const record = await recordOf(member, { addresses: ["/ip4/192.0.2.1/tcp/4100"], nowMs });
          return toBytes({ peer_id: member.peerId, record, registration: registrationFor(member.peerId) });
        },
        codes: ["ANSWER_INVALID", "RECORD_INVALID"],
        async read(bytes) {
          body = bytes;
          const { record } = await client.call(backboneRoutes.lookup, { peer_id: member.peerId });
          return record === null ? null : (await verifyRecord(record, { domain, nowMs })).signed.content;
        },
        isSound: (content, { meant }) => content === null || content === meant,
        async close() {
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  },
];

const contentOf = (body: Uint8Array) => (toJson(body) as { content?: string } | undefined)?.content;

/** Hex may be spelt in both cases, with white space around and without its prefix. */
const spelling = (body: unknown, field: string) => {
  const text = String((body as Record<string, unknown> | undefined)?.[field]);
  const isHex = !["signature", "public_key"].includes(field);
  return isHex ? text.trim().toLowerCase().replace(/^0x/, "") : text;
};
