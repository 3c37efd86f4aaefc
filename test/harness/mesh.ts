import { type Logger, pino } from "pino";
import type { Hex } from "viem";
import type { Identity } from "../../node/core/identity/index.ts";
import { createOverlay, libp2pIdOf, type MayServeDht, type Overlay } from "../../node/core/overlay/index.ts";
import type { NodeRecord, SignedRecord } from "../../node/core/records/index.ts";
import { identityOf, recordOf, verifyAt } from "./identities.ts";
import { overlayConfig } from "./overlay-config.ts";

const silent = pino({ level: "silent" });

export interface MeshNode {
  readonly identity: Identity;
  readonly peerId: Hex;
  readonly overlay: Overlay;
  /** Its record, signed now, with the addresses it has now or the given ones. */
  signed(fields?: Parameters<typeof recordOf>[1]): Promise<SignedRecord>;
  record(fields?: { addresses?: string[]; relays?: Hex[]; sequence?: number }): Promise<NodeRecord>;
}

export interface NodeOptions {
  listen?: string[];
  dataPort?: number | null;
  moveGraceMs?: number;
  portMapping?: boolean;
  findRecord?: (peerId: Hex, signal: AbortSignal) => Promise<NodeRecord | null>;
  udpPort?: number | null;
  mayPunch?: (peerId: Hex) => Promise<boolean>;
  mayReserve?: (peerId: Hex) => Promise<boolean>;
  mayServeDht?: MayServeDht;
  avoidsRelay?: (libp2pId: string) => boolean;
  now?: () => number;
  log?: Logger;
}

/** Makes real overlay nodes over loopback TCP, and stops them after each test. Call it inside a `describe`. */
export function createMesh(): (n: number, options?: NodeOptions) => Promise<MeshNode> {
  const started: Overlay[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((overlay) => overlay.stop()));
  });
  return async (n, options) => {
    const node = await createMeshNode(n, options);
    started.push(node.overlay);
    return node;
  };
}

/** Makes and starts one overlay node, which its caller stops. */
export async function createMeshNode(
  n: number,
  { listen, dataPort, udpPort, moveGraceMs, portMapping, now = Date.now, log = silent, ...policy }: NodeOptions = {},
): Promise<MeshNode> {
  const identity = identityOf(n);
  const verify = verifyAt(now);
  const options = Object.entries({ listen, dataPort, udpPort, moveGraceMs, portMapping }).filter(
    ([, value]) => value !== undefined,
  );
  const config = overlayConfig(Object.fromEntries(options));
  const overlay = await createOverlay(config, { identity, verifyRecord: verify, now, log, ...policy });
  await overlay.start(soon());
  const signed: MeshNode["signed"] = (fields = {}) =>
    recordOf(identity, { addresses: overlay.addresses(), nowMs: now(), ...fields });
  return {
    identity,
    peerId: identity.peerId,
    overlay,
    signed,
    record: async (fields) => verify(await signed(fields)),
  };
}

/** The address of `node` through a relay. */
export async function circuitAddress(relay: MeshNode): Promise<string> {
  const record = await relay.record();
  const [address] = record.addresses;
  return `${address?.replace(/\/p2p\/[^/]+$/, "")}/p2p/${libp2pIdOf(record)}/p2p-circuit`;
}

/** A limit for what a test waits for: far past what it takes, so that a busy machine fails nothing. */
export const soon = (): AbortSignal => AbortSignal.timeout(60_000);
