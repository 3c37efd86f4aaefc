import type { SignedRecord } from "../../../node/core/records/index.ts";
import { refused, type Target, toBytes, toJson } from "../target.ts";
import { bodyOf, common, exchange, openBackbone } from "./over-http.ts";

export const backboneTargets: readonly Target[] = [
  {
    name: "an HTTP request to a backbone",
    rounds: 100,
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
    rounds: 100,
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
    rounds: 100,
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
    rounds: 100,
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
    name: "records that another backbone hands on",
    rounds: 100,
    open: () =>
      openBackbone(async (backbone, member) => {
        const honest = new Set<unknown>();
        return {
          async valid() {
            backbone.clock.advance(1_000);
            const signed = await backbone.recordOf(member);
            honest.add(signed.content);
            return toBytes({ records: [signed] });
          },
          codes: common,
          worksOnce: true,
          async read(body) {
            await exchange(backbone.url, bodyOf("POST", "/api/peers/records", [], body));
            const { json } = await backbone.lookup(member.peerId);
            return (json.record as SignedRecord | null)?.content ?? refused;
          },
          // What was taken before, or this.
          isSound: (content) => honest.has(content),
        };
      }),
  },
];

const contentOf = (body: Uint8Array) => (toJson(body) as { content?: string } | undefined)?.content;

/** Hex may be spelt in both cases, with white space around and without its prefix. */
const spelling = (body: unknown, field: string) => {
  const text = String((body as Record<string, unknown> | undefined)?.[field]);
  const isHex = !["signature", "public_key"].includes(field);
  return isHex ? text.trim().toLowerCase().replace(/^0x/, "") : text;
};
