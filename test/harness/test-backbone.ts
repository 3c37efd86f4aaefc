import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Hex, hexToBytes } from "viem";
import { createServer } from "../../node/api/server.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { backboneErrors } from "../../node/backbone/errors.ts";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { authContext, computePeerId, mlDsaKeyHash, verifyMlDsa87 } from "../../node/core/identity/index.ts";
import { overlayErrors } from "../../node/core/overlay/index.ts";
import type { SignedRecord } from "../../node/core/records/index.ts";
import { silent } from "../node/api/fixture.ts";
import type { MeshNode } from "./mesh.ts";

/**
 * A backbone's HTTP side over the real routes and a real overlay node, without its database; it checks signatures and
 * can be told to misbehave. The backbone itself is tested in test/node/backbone.
 */
export async function startTestBackbone(node: MeshNode) {
  const state = {
    /** What it shows as its own record. */
    record: () => node.signed(),
    refuses: null as ShadowMeshError | null,
    /** What is wrong with it: said to who asks whether it can serve. */
    unready: null as ShadowMeshError | null,
    /** Why it takes no records. */
    unwriting: null as ShadowMeshError | null,
    /** By so much each answer to who asks whether it can serve is late. */
    latencyMs: 0,
    sessionMs: 24 * 3_600_000,
    tokens: new Set<string>(),
    records: new Map<Hex, SignedRecord>(),
    challenges: 0,
    sessions: 0,
    lookups: 0,
    /** How often it was asked whether it can serve. */
    heartbeats: 0,
  };
  const challenges = new Set<Hex>();
  const server = await createServer(
    { host: "127.0.0.1", port: 0 },
    {
      log: silent,
      authorize: {
        async peer({ headers }) {
          const token = headers.authorization?.replace("Bearer ", "") ?? "";
          if (!state.tokens.has(token)) throw new ShadowMeshError(backboneErrors.SESSION_INVALID);
          return token;
        },
      },
    },
  );
  server.handle(backboneRoutes.node, async () => ({
    peer_id: node.peerId,
    region: "europe",
    record: await state.record(),
  }));
  server.handle(backboneRoutes.challenge, () => {
    const challenge: Hex = `0x${randomBytes(32).toString("hex")}`;
    challenges.add(challenge);
    state.challenges++;
    return { challenge, expires_at: new Date(Date.now() + 30_000).toISOString() };
  });
  server.handle(backboneRoutes.verify, async (input) => {
    if (state.refuses !== null) throw state.refuses;
    const publicKey = Buffer.from(input.public_key, "base64");
    const signature = Buffer.from(input.signature, "base64");
    const sound =
      challenges.delete(input.challenge) &&
      computePeerId(input.node_address, mlDsaKeyHash(publicKey)) === input.peer_id &&
      (await verifyMlDsa87({ publicKey, message: hexToBytes(input.challenge), signature, context: authContext }));
    if (!sound) throw new ShadowMeshError(backboneErrors.SIGNATURE_INVALID);
    const token = randomBytes(16).toString("hex");
    state.tokens.add(token);
    state.sessions++;
    const expires_at = new Date(Date.now() + state.sessionMs).toISOString();
    return { session_token: token, expires_at, backbone_nodes: [] };
  });
  server.handle(backboneRoutes.ready, async () => {
    state.heartbeats++;
    if (state.unready !== null) throw state.unready;
    await delay(state.latencyMs);
    return { status: "ready" as const };
  });
  server.handle(backboneRoutes.announce, (signed) => {
    if (state.unwriting !== null) throw state.unwriting;
    const { peerId, sequence } = JSON.parse(signed.content) as { peerId: Hex; sequence: number };
    state.records.set(peerId, signed);
    return { peer_id: peerId, sequence, expires_at: new Date(Date.now() + 1_000).toISOString() };
  });
  server.handle(backboneRoutes.lookup, ({ peer_id }) => {
    state.lookups++;
    const record = state.records.get(peer_id);
    if (record === undefined) throw new ShadowMeshError(overlayErrors.PEER_NOT_FOUND);
    return { peer_id, record, registration: null };
  });
  await server.start(AbortSignal.timeout(10_000));
  return { node, state, peerId: node.peerId, url: server.url, stop: () => server.stop() };
}

export type TestBackbone = Awaited<ReturnType<typeof startTestBackbone>>;
