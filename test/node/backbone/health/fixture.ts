import { join } from "node:path";
import { type Hex, parseEther } from "viem";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import {
  adminConfigSchema,
  type Backbone,
  backboneConfigSchema,
  backbonePoolConfigSchema,
  createBackbone,
  createChainPorts,
  createHealthChain,
  honeypotsConfigSchema,
  webhooksConfigSchema,
} from "../../../../node/backbone/index.ts";
import { createChain, createReputation, registerNode } from "../../../../node/core/chain/index.ts";
import { slotsPerEpoch } from "../../../../node/core/evidence/score.ts";
import type { Identity } from "../../../../node/core/identity/index.ts";
import { createOverlay, type Overlay } from "../../../../node/core/overlay/index.ts";
import { type NodeRecord, signRecord, verifyRecord } from "../../../../node/core/records/index.ts";
import type { NodeType } from "../../../../node/core/schema.ts";
import type { Service } from "../../../../node/core/service.ts";
import {
  createAnnounceEvidence,
  createResponder,
  createScores,
  createVerifyLocation,
} from "../../../../node/services/health/index.ts";
import { listBackbones } from "../../../../node/services/membership/index.ts";
import { placeEmptyDatabase } from "../../../../scripts/network/empty-database.ts";
import { account, type TestChain, transact } from "../../../harness/anvil.ts";
import { identityOf } from "../../../harness/identities.ts";
import { overlayConfig } from "../../../harness/overlay-config.ts";
import { silent } from "../../api/fixture.ts";

export const epochLengthS = 600;
const epochLengthMs = epochLengthS * 1_000;
const slotMs = epochLengthMs / slotsPerEpoch;
const operator = 1;

/** A real overlay node that answers probes. */
export interface Node {
  readonly identity: Identity;
  readonly peerId: Hex;
  readonly overlay: Overlay;
}

export interface BackboneNode extends Node {
  readonly backbone: Backbone;
}

/**
 * Backbones and nodes over loopback, on a chain of their own: everything is real but the clock, which the test moves, and
 * with it the chain's.
 */
export async function createHealthNetwork(testChain: TestChain, newFolder: () => Promise<string>) {
  const nexusAddress = await testChain.deploy({
    parameters: { epochLengthS: BigInt(epochLengthS) },
    backboneOperators: [account(operator).address],
  });
  const chainConfig = { rpcUrl: testChain.rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 100 };
  const running: Service[] = [];
  const overlays: Overlay[] = [];
  const byPeer = new Map<Hex, Node>();
  const signal = () => AbortSignal.timeout(60_000);
  // The first epoch starts some time ahead: the chain's clock goes forward only.
  let nowMs = (Math.floor(Date.now() / epochLengthMs) + 2) * epochLengthMs;
  const now = () => nowMs;
  const chain = createChain(chainConfig, { log: silent });
  await chain.start(signal());
  running.push(chain);
  const domain = chain.statementDomain;
  const isBackbone = (peerId: Hex) => chain.nexus.isBackbone(peerId);

  async function setTime(timeMs: number): Promise<void> {
    nowMs = timeMs;
    await testChain.rpc("evm_setNextBlockTimestamp", [Math.floor(timeMs / 1_000)]);
    await testChain.rpc("evm_mine");
  }
  await setTime(nowMs);

  async function startNode(n: number, nodeType: NodeType, region = "europe"): Promise<Node> {
    const identity = identityOf(n);
    await registerNode(chain, identity, account(operator), { nodeType, region, bandwidthMbps: 100 });
    const overlay = await createOverlay(overlayConfig({ maxConnections: 100 }), {
      identity,
      now,
      log: silent,
      verifyRecord: (signed) => verifyRecord(signed, { domain, nowMs }),
      verifyLocation: createVerifyLocation({ domain: () => domain, isBackbone, now }),
    });
    await overlay.start(signal());
    overlays.push(overlay);
    const responder = createResponder({ identity, domain: () => domain, overlay, isBackbone, now, log: silent });
    await responder.start(signal());
    const node = { identity, peerId: identity.peerId, overlay };
    byPeer.set(node.peerId, node);
    return node;
  }

  /** As anyone reaches a node: by its record. */
  async function reachAnew(from: Overlay, peerId: Hex, limit: AbortSignal) {
    const target = byPeer.get(peerId);
    if (target === undefined) throw new Error("there is no such node");
    return from.connectAnew(await recordOf(target), limit);
  }

  async function recordOf({ identity, overlay }: Node): Promise<NodeRecord> {
    const input = { addresses: overlay.addresses(), relays: [], sequence: nowMs, nowMs };
    return verifyRecord(await signRecord(identity, input, domain), { domain, nowMs });
  }

  async function startBackbone(n: number): Promise<BackboneNode> {
    const node = await startNode(n, "backbone_auth");
    const { identity, overlay } = node;
    await overlay.serveDht(true);
    const ownChain = createChain(chainConfig, { log: silent });
    const rooms = {
      admin: adminConfigSchema.parse({}),
      pool: backbonePoolConfigSchema.parse({}),
      webhooks: webhooksConfigSchema.parse({}),
      honeypots: honeypotsConfigSchema.parse({}),
    };
    const config = backboneConfigSchema.parse({ host: "127.0.0.1", port: 0, probing: false });
    const dataFolder = join(await newFolder(), "backbone");
    await placeEmptyDatabase(dataFolder);
    const backbone = await createBackbone(
      { ...config, ...rooms, dataFolder, guiFolder: "/no-gui", domain },
      {
        ...createChainPorts(ownChain),
        identity,
        healthChain: createHealthChain(ownChain, identity),
        anchors: null,
        reachAnew: (peerId, limit) => reachAnew(overlay, peerId, limit),
        announceEvidence: createAnnounceEvidence({ identity, domain: () => domain, overlay, now }),
        selfRecord: () => null,
        now,
        log: silent,
      },
    );
    await ownChain.start(signal());
    await backbone.start(signal());
    running.push(ownChain, backbone);
    await setEndpoint(node.peerId, backbone.url);
    await fund(identity.nodeAddress, "10");
    return { ...node, backbone };
  }

  async function setEndpoint(peerId: Hex, url: string): Promise<void> {
    const call = { address: nexusAddress, abi: nodeNexusAbi, functionName: "setEndpoint", args: [peerId, url] };
    await transact(testChain, operator, call);
  }

  async function fund(address: Hex, shm: string): Promise<void> {
    await testChain.rpc("anvil_setBalance", [address, `0x${parseEther(shm).toString(16)}`]);
  }

  const reputation = await createReputation(chain);
  if (reputation === null) throw new Error("the deployment names the contract that keeps scores");

  return {
    chain,
    nexusAddress,
    reputation,
    domain,
    now,
    setTime,
    startNode: (n: number, region?: string) => startNode(n, "light_public", region),
    startBackbone,
    fund,
    reachable(node: Node, yes: boolean) {
      if (yes) byPeer.set(node.peerId, node);
      else byPeer.delete(node.peerId);
    },
    setEndpoint,
    recordOf,
    scoresSeenBy: ({ overlay }: Node) =>
      createScores({ chain, overlay, backbones: () => listBackbones(chain.nexus, null) }),
    /** How many turns pass before this one's. */
    attemptOf(node: Node, epoch: number, backbones: readonly Node[]) {
      const place = backbones
        .map(({ peerId }) => peerId)
        .sort()
        .indexOf(node.peerId);
      return (((place - epoch) % backbones.length) + backbones.length) % backbones.length;
    },
    scoreOf: (node: Node) => chain.nexus.scoreOf(node.peerId),
    publicNodes: () => chain.nexus.publicNodes("europe", 100, 0n),
    /** The current epoch passes: each backbone asks everybody in two of its slots. */
    async probeThrough(backbones: readonly BackboneNode[]): Promise<number> {
      const epoch = Math.floor(nowMs / epochLengthMs);
      for (const slot of [2, 8]) {
        await setTime(epoch * epochLengthMs + slot * slotMs);
        await Promise.all(backbones.map(({ backbone }) => backbone.health.probeAll(signal())));
      }
      return epoch;
    },
    /** To the moment when the epoch is closed; with `attempt`, when others have let their turns pass. */
    close: (epoch: number, attempt = 0) => setTime((epoch + 1) * epochLengthMs + (1 + attempt) * slotMs),
    /** Everybody looks whether it is their turn. */
    async turn(backbones: readonly BackboneNode[]) {
      const turns = [];
      for (const { backbone } of backbones) turns.push(await backbone.health.turn(signal()));
      return turns;
    },
    async stop() {
      for (const service of running.toReversed()) await service.stop();
      await Promise.all(overlays.map((overlay) => overlay.stop()));
    },
  };
}

export type HealthNetwork = Awaited<ReturnType<typeof createHealthNetwork>>;
