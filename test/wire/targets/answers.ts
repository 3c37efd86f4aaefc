import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { zeroHash } from "viem";
import { createClient } from "../../../node/api/client.ts";
import { backboneRoutes } from "../../../node/backbone/api.ts";
import { createArchive } from "../../../node/backbone/health/archive.ts";
import { createOthers } from "../../../node/backbone/health/others.ts";
import { buildEvidence } from "../../../node/core/evidence/evidence.ts";
import { verifyRecord } from "../../../node/core/records/index.ts";
import { openSession } from "../../../node/services/membership/backbone-session.ts";
import { identityOf, recordOf, verifyAt } from "../../harness/identities.ts";
import { soon } from "../../harness/mesh.ts";
import { epochLine } from "../../harness/probes.ts";
import { silent } from "../../node/api/fixture.ts";
import { domain, registrationFor } from "../../node/backbone/fixture.ts";
import { hexOf, type OpenTarget, refused, type Target, toBytes } from "../target.ts";

const member = identityOf(1);
const nowMs = Date.UTC(2026, 0, 1);
const signed = () => recordOf(member, { addresses: ["/ip4/192.0.2.1/tcp/4100"], nowMs });
const isWord = (value: unknown) => typeof value === "string" && /^0x[0-9a-fA-F]{64}$/.test(value);

/** A server that answers whatever it is told to, for who reads that. */
async function openAnswers(
  target: (url: string) => Omit<OpenTarget, "close" | "read"> & { read: () => Promise<unknown> },
): Promise<OpenTarget> {
  let body: Uint8Array = new Uint8Array();
  const server = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { read, ...rest } = target(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    ...rest,
    read(bytes) {
      body = bytes;
      return read();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const answerTargets: readonly Target[] = [
  {
    name: "a backbone's answer to a look-up",
    rounds: 200,
    open: () =>
      openAnswers((url) => ({
        valid: async () =>
          toBytes({ peer_id: member.peerId, record: await signed(), registration: registrationFor(member.peerId) }),
        codes: ["ANSWER_INVALID", "RECORD_INVALID"],
        async read() {
          const client = createClient({ baseUrl: url });
          const { record } = await client.call(backboneRoutes.lookup, { peer_id: member.peerId });
          return record === null ? null : (await verifyRecord(record, { domain, nowMs })).signed.content;
        },
        isSound: (content, { meant }) => content === null || content === meant,
      })),
  },
  {
    name: "a backbone's word of who it is",
    rounds: 200,
    open: () =>
      openAnswers((url) => ({
        valid: async () => toBytes({ peer_id: member.peerId, region: "europe", record: await signed() }),
        codes: ["BACKBONE_REFUSED", "BACKBONE_UNREACHABLE"],
        async read() {
          let content: string | undefined;
          const overlay = {
            cache: { add: () => undefined },
            connect(record: { signed: { content: string } }) {
              content = record.signed.content;
              return Promise.reject(new Error("that is enough"));
            },
          };
          const deps = { identity: identityOf(2), overlay: overlay as never, verifyRecord: verifyAt(() => nowMs) };
          await openSession({ peerId: member.peerId, url, region: null }, deps, soon()).catch((error: unknown) => {
            if (content === undefined) throw error;
          });
          return content;
        },
      })),
  },
  {
    name: "a backbone's answer with evidence",
    rounds: 200,
    open: () => {
      const { lines, tree } = buildEvidence(
        epochLine({ previous: { epoch: 1, root: zeroHash } }),
        [],
        new Map(),
        new Map(),
      );
      const of = { epoch: 2, root: tree.root };
      return openAnswers((url) => {
        const nothing = { get: async () => null } as never;
        const archive = createArchive({ table: nothing, others: createOthers(), log: silent });
        return {
          valid: () => toBytes({ ...of, published: true, lines }),
          codes: ["ANSWER_INVALID", "EVIDENCE_INVALID"],
          read: () =>
            archive.proposed(of, url, soon()).then(
              (evidence) => evidence.lines,
              (error: Error) => {
                if (error.message.includes("has another root")) return refused;
                throw error;
              },
            ),
        };
      });
    },
  },
  {
    name: "a backbone's signature of scores",
    rounds: 200,
    open: () =>
      openAnswers((url) => ({
        valid: (random) => {
          const word = () => `0x${hexOf(random, 32)}`;
          return toBytes({ mlDsaKeyHash: word(), r: word(), vs: word() });
        },
        codes: ["ANSWER_INVALID"],
        read: () => createOthers().sign(url, { epoch: 1, root: zeroHash, proposer: member.peerId }, soon()),
        // Whose it is, the contract judges.
        isSound: (signature) => {
          const { mlDsaKeyHash, r, vs } = signature as Record<string, unknown>;
          return [mlDsaKeyHash, r, vs].every(isWord);
        },
      })),
  },
];
