import { createHash, randomBytes } from "node:crypto";
import { pino } from "pino";
import type { Hex } from "viem";
import { createIdentity, type Identity } from "../../node/core/identity/index.ts";
import { createOverlay, type Overlay, type StreamHandler } from "../../node/core/overlay/index.ts";
import { dhtProtocol } from "../../node/core/overlay/libp2p-node.ts";
import { regionalProtocol } from "../../node/core/overlay/regional-dht.ts";
import type { NodeRecord, SignedRecord } from "../../node/core/records/index.ts";
import { overlayConfig } from "../harness/overlay-config.ts";
import { until } from "../harness/until.ts";

/** Kademlia's bucket size: so many nearest to a key are all that are asked for it. */
const squatters = 20;
/** Keys are free: these take a second or two. */
const candidates = 400;
const kinds = ["holds nothing", "holds an old record", "sends garbage", "never answers"] as const;

/** Hostile DHT servers, not of the contract, whose IDs are the nearest to a node's key; all are connected to `servers`. */
export async function squat(
  near: { peerId: Hex; region: string; old: SignedRecord },
  servers: readonly NodeRecord[],
  verify: (signed: SignedRecord) => Promise<NodeRecord>,
): Promise<{ stop(): Promise<void> }> {
  const running: Overlay[] = [];
  const stop = async () => {
    await Promise.all(running.splice(0).map((overlay) => overlay.stop()));
  };

  const start = async (identity: Identity, kind: (typeof kinds)[number]) => {
    // What a server takes nothing else than, it keeps: an old record stays its newest.
    const verifyRecord = async (signed: SignedRecord) => {
      if (kind === "holds an old record" && signed.signature === near.old.signature) return verify(signed);
      throw new Error("it is not kept");
    };
    const overlay = await createOverlay(overlayConfig({ maxConnections: 100 }), {
      identity,
      verifyRecord,
      now: Date.now,
      log: pino({ level: "silent" }),
    });
    running.push(overlay);
    await overlay.start(AbortSignal.timeout(60_000));
    if (kind === "holds nothing" || kind === "holds an old record") {
      await overlay.joinRegion(near.region);
      await overlay.serveDht(true);
    } else {
      for (const protocol of [dhtProtocol, regionalProtocol(near.region)]) {
        const pretend: StreamHandler = async (stream) => {
          if (kind === "never answers") return new Promise<void>(() => undefined);
          stream.send(randomBytes(2_000));
        };
        await overlay.handle(protocol, pretend, { maxInboundStreams: 100 });
      }
    }
    for (const server of servers) {
      // However long a handshake takes on a busy machine.
      await until(() => overlay.connect(server, AbortSignal.timeout(60_000)).catch(() => null));
    }
    if (kind === "holds an old record") {
      for (const view of ["regional", "global"] as const) {
        await overlay.records[view].put(near.peerId, near.old, AbortSignal.timeout(60_000)).catch(() => 0);
      }
    }
  };

  try {
    for (const [index, identity] of nearestTo(near.peerId).entries()) {
      await start(identity, kinds[index % kinds.length] ?? kinds[0]);
    }
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of many identities those whose place in the DHT is the nearest to a node's key, the nearest first. */
function nearestTo(peerId: Hex): Identity[] {
  const place = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();
  const key = place(`/shadowmesh/${peerId}`);
  const distance = (identity: Identity) => {
    const at = place(identity.libp2pKey.publicKey.toMultihash().bytes);
    return BigInt(`0x${Buffer.from(at.map((byte, index) => byte ^ (key[index] ?? 0))).toString("hex")}`);
  };
  return Array.from({ length: candidates }, () => createIdentity(randomBytes(32)))
    .map((identity) => ({ identity, distance: distance(identity) }))
    .sort((a, b) => (a.distance < b.distance ? -1 : 1))
    .slice(0, squatters)
    .map(({ identity }) => identity);
}
