import { isDeepStrictEqual } from "node:util";
import { signLocation } from "../../../node/core/evidence/location.ts";
import { evidenceNamespace, evidenceSelector, evidenceValidator } from "../../../node/core/overlay/evidence-dht.ts";
import { receiveMove } from "../../../node/core/overlay/move/protocol.ts";
import type { PeerConnection } from "../../../node/core/overlay/peer-connection.ts";
import { recordNamespace, recordSelector, recordValidator } from "../../../node/core/overlay/record-dht.ts";
import type { NodeRecord } from "../../../node/core/records/index.ts";
import { createVerifyLocation } from "../../../node/services/health/index.ts";
import { domain, identityOf, recordOf, verifyAt } from "../../harness/identities.ts";
import { soon } from "../../harness/mesh.ts";
import type { Random } from "../../harness/random.ts";
import { hexOf, prefixed, type Target, toBytes, toJson } from "../target.ts";
import { exchange } from "./message.ts";

const nowMs = Date.UTC(2026, 5, 1);
const [author, relay] = [identityOf(1), identityOf(2)];
const now = () => nowMs;
const keyOf = (namespace: string, name: string) => new TextEncoder().encode(`/${namespace}/${name}`);

const signedRecord = async (random: Random) =>
  toBytes(
    await recordOf(author, {
      addresses: [`/ip4/192.0.2.${random.integer(256)}/tcp/4100`],
      relays: [relay.peerId],
      // The validator holds back what is older than it has seen.
      sequence: 1,
      nowMs,
    }),
  );

const signedLocation = async (random: Random) => {
  const root = `0x${hexOf(random, 32)}` as const;
  const url = `https://backbone-${random.integer(100)}.example:7780`;
  return toBytes(await signLocation(author, { epoch: random.integer(1_000), root, url, issuedAtMs: nowMs }, domain));
};

const contentOf = (bytes: Uint8Array) => (toJson(bytes) as { content?: unknown }).content;

export const recordTargets: readonly Target[] = [
  {
    name: "a node record in the DHT",
    rounds: 400,
    open: async () => {
      const validate = recordValidator(verifyAt(now));
      return {
        valid: signedRecord,
        codes: ["RECORD_INVALID"],
        async read(bytes) {
          await validate(keyOf(recordNamespace, author.peerId), bytes);
          return contentOf(bytes);
        },
      };
    },
  },
  {
    name: "a peer's word that it has moved",
    rounds: 400,
    open: async () => {
      const peer = { peerId: author.peerId } as PeerConnection;
      const known = await verifyAt(now)(await recordOf(author, { sequence: 1, nowMs }));
      return {
        async valid(random) {
          const replaces = { sequence: 1, addresses: [`/ip4/192.0.2.${random.integer(256)}/tcp/4100`] };
          return toBytes(
            await recordOf(author, { addresses: ["/ip4/192.0.2.7/tcp/4100"], replaces, sequence: 2, nowMs }),
          );
        },
        frame: prefixed,
        codes: ["MALFORMED_FRAME", "RECORD_INVALID", "MOVE_REFUSED"],
        async read(bytes) {
          let moved: string | undefined;
          const act = (record: NodeRecord) => {
            moved = record.signed.content;
          };
          // The stranger who sent it may be gone by the time of the answer.
          await exchange(bytes, (stream) =>
            receiveMove(stream, { peer, known, verifyRecord: verifyAt(now), act }, soon()).catch((error: unknown) => {
              if (moved === undefined) throw error;
            }),
          );
          return moved;
        },
      };
    },
  },
  {
    name: "node records to choose from in the DHT",
    refuses: false,
    rounds: 400,
    open: async () => ({
      valid: signedRecord,
      codes: [],
      read: async (bytes) => recordSelector(new Uint8Array(), [bytes, new Uint8Array(bytes).reverse()]),
      isSound: (meaning) => meaning === 0 || meaning === 1,
    }),
  },
  {
    name: "a location of evidence in the DHT",
    rounds: 300,
    open: async () => {
      const isBackbone = async (peerId: string) => peerId === author.peerId;
      const validate = evidenceValidator(createVerifyLocation({ domain: () => domain, isBackbone, now }));
      return {
        valid: signedLocation,
        codes: ["EVIDENCE_INVALID"],
        async read(bytes) {
          const { root } = (toJson(bytes) ?? {}) as { root?: string };
          await validate(keyOf(evidenceNamespace, root ?? ""), bytes);
          const { mlDsaKeyHash: _, signature: __, ...content } = toJson(bytes) as Record<string, unknown>;
          return content;
        },
        // A field that nobody reads is nobody's word.
        isSound: (meaning, { meant }) => {
          const known = Object.keys(meant as object);
          const taken = Object.fromEntries(Object.entries(meaning as object).filter(([key]) => known.includes(key)));
          return isDeepStrictEqual(lowerCase(taken), lowerCase(meant));
        },
      };
    },
  },
  {
    name: "locations of evidence to choose from in the DHT",
    refuses: false,
    rounds: 300,
    open: async () => ({
      valid: signedLocation,
      codes: [],
      read: async (bytes) => evidenceSelector(new Uint8Array(), [bytes, new Uint8Array(bytes).reverse()]),
      isSound: (meaning) => meaning === 0 || meaning === 1,
    }),
  },
];

/** Hex may be spelt in both cases. */
const lowerCase = (value: unknown): unknown => JSON.parse(JSON.stringify(value).toLowerCase());
