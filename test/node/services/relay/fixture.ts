import type { Hex } from "viem";
import type { PeerConnection } from "../../../../node/core/overlay/index.ts";
import {
  createRelayDirectory,
  createRelayServer,
  createReservations,
  type RelayServer,
  type Reservations,
  relayConfigSchema,
} from "../../../../node/services/relay/index.ts";
import { createTestMembership, registrationFor } from "../../../harness/membership.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

export const config = { ...relayConfigSchema.parse({}), maxReservations: 8 };

/** Makes relays and the private nodes behind them, and stops them after each test. Call it inside a `describe`. */
export function createRelayMesh() {
  const newNode = createMesh();
  const running: (RelayServer | Reservations)[] = [];
  afterEach(async () => {
    for (const service of running.splice(0).reverse()) await service.stop();
  });

  /** A public node that relays for those whom the contract knows, and lets others have circuits. */
  async function newRelay(n: number, known: (peerId: Hex) => boolean = () => true, caps = {}) {
    const isKnown = async (peerId: Hex) => known(peerId);
    const node = await newNode(n, { mayReserve: async (peerId) => !server.draining && known(peerId) });
    const membership = createTestMembership(registrationFor(node.peerId));
    const server = createRelayServer(
      { ...config, ...caps },
      {
        overlay: node.overlay,
        membership,
        mayPass: isKnown,
        isUnregistered: async (peerId) => !known(peerId),
        log: silent,
      },
    );
    running.push(server);
    await server.start(soon());
    return { node, membership, server };
  }

  interface PrivateOptions {
    wanted?: number;
    /** @default it never parks */
    parkAfterMs?: number;
    now?: () => number;
    avoids?: (peerId: Hex) => boolean;
    /** Of a relay on chain. */
    scoreOf?: (peerId: Hex) => number;
    /** What a round trip is said to take; it is connected to all relays before. @default what it takes */
    roundTripMs?: (peerId: Hex) => number;
    random?: () => number;
    /** Resolves once others find the node where it is. */
    announced?: (signal: AbortSignal) => Promise<void>;
  }

  /** A private node that reads the given relays from the contract, by region. */
  async function newPrivate(n: number, listed: Record<string, Relay[]>, options: PrivateOptions = {}) {
    const { scoreOf = () => 100, roundTripMs, announced = async () => undefined } = options;
    const node = await newNode(n, { listen: [] });
    const membership = createTestMembership(registrationFor(node.peerId, { nodeType: "light_private" }));
    if (roundTripMs !== undefined) {
      for (const relay of Object.values(listed).flat()) await node.overlay.connect(await relay.node.record(), soon());
    }
    const state = { listed, chainAway: false, reached: [] as Hex[] };
    const byId = (peerId: Hex): MeshNode | undefined =>
      Object.values(state.listed)
        .flat()
        .find(({ node: relay }) => relay.peerId === peerId)?.node;
    const directory = createRelayDirectory({
      region: () => membership.registration()?.region,
      now: Date.now,
      nexus: () => ({
        regions: async () => {
          if (state.chainAway) throw new Error("the chain is away");
          return ["oceania", "europe", "africa"];
        },
        publicNodes: async (region) => (state.listed[region] ?? []).map((relay) => relay.node.peerId),
        scoreOf: async (peerId) => scoreOf(peerId),
      }),
    });
    const reservations = createReservations(
      { reservations: options.wanted ?? 2, parkAfterMs: options.parkAfterMs ?? null },
      {
        self: node.peerId,
        overlay: {
          ...node.overlay,
          ping: async (connection: PeerConnection, signal: AbortSignal) =>
            roundTripMs?.(connection.peerId) ?? node.overlay.ping(connection, signal),
        },
        directory,
        membership,
        avoids: options.avoids,
        random: options.random,
        announced,
        now: options.now ?? Date.now,
        log: silent,
        async reach(peerId, signal) {
          state.reached.push(peerId);
          const relay = byId(peerId);
          if (relay === undefined) throw new Error("no such peer");
          return node.overlay.connect(await relay.record(), signal);
        },
      },
    );
    running.push(reservations);
    await reservations.start(soon());
    return { node, membership, reservations, state };
  }
  type Relay = Awaited<ReturnType<typeof newRelay>>;

  return { newNode, newRelay, newPrivate };
}

export type Relay = Awaited<ReturnType<ReturnType<typeof createRelayMesh>["newRelay"]>>;

export const idsOf = (relays: readonly Relay[]): Hex[] => relays.map(({ node }) => node.peerId).sort();

/** Waits until these relays are those that hold a reservation. */
export const holds = (reservations: Reservations, relays: readonly Relay[]) =>
  until(
    () => [...reservations.ids()].sort(),
    (ids) => ids.join() === idsOf(relays).join(),
  );
