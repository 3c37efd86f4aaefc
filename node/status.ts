import type { NodeStatus } from "./api/daemon.ts";
import type { Chain } from "./core/chain/index.ts";
import type { Identity } from "./core/identity/index.ts";
import { describePortMapping, type Overlay } from "./core/overlay/index.ts";
import { version } from "./core/package.ts";
import type { Announcer } from "./services/discovery/index.ts";
import { createProgress, type Membership } from "./services/membership/index.ts";
import type { Notifications } from "./services/notifications/index.ts";
import type { RelayServer, Reservations } from "./services/relay/index.ts";

export interface StatusDeps {
  identity: Identity;
  viewOnly: boolean;
  chain: Chain;
  overlay: Overlay;
  membership: Membership;
  announcer: Announcer;
  reservations: Reservations;
  relayServer: RelayServer;
  notifications: Pick<Notifications, "score">;
  now: () => number;
}

/** What the owner sees of the node at a glance, gathered from its parts. */
export function createStatus(deps: StatusDeps): () => NodeStatus {
  const { identity, viewOnly, chain, overlay, membership, announcer, reservations, relayServer, notifications, now } =
    deps;
  const startedAtMs = now();
  const progress = createProgress(now);
  return () => {
    const session = membership.session();
    const registration = membership.registration();
    const relays = reservations.ids();
    const addresses = [...overlay.addresses(), ...reservations.addresses()];
    const reach = reachability({
      nodeType: registration?.nodeType,
      addresses: overlay.addresses().length,
      dialled: overlay.dialled(),
      relays: relays.length,
    });
    return {
      version,
      peerId: identity.peerId,
      nodeAddress: identity.nodeAddress,
      startedAtMs,
      viewOnly,
      chain: chainStatus(chain),
      registration,
      score: notifications.score(),
      progress: progress({
        registration,
        chainFailure: chain.failure(),
        joined: membership.joined(),
        reachable: addresses.length > 0,
        verified: reach !== "unverified",
        session,
        failure: membership.failure(),
        announcement: announcer.last,
        announceFailure: announcer.failure,
      }),
      overlay: {
        running: true,
        addresses,
        connectedPeers: new Set(overlay.connections().map(({ peerId }) => peerId)).size,
        cachedPeers: overlay.cache.size,
        reachability: reach,
        relays,
        relaysParked: reservations.parked(),
        portMapping: describePortMapping(overlay.portMapping.status()),
        reservationsHeld: relayServer.reservationsHeld,
        reservationsParked: relayServer.parked,
      },
      backbone:
        session === null
          ? null
          : { peerId: session.peerId, url: session.url, authenticated: true, sessionExpiresAtMs: session.expiresAtMs },
      memory: { rssBytes: process.memoryUsage.rss() },
    };
  };
}

export function chainStatus(chain: Chain): NodeStatus["chain"] {
  const { chainId, rpcUrl, nexusAddress, payments, state, blockNumber, development } = chain;
  const paymentsAddress = payments?.address ?? null;
  return { chainId, rpcUrl, nexusAddress, paymentsAddress, state, blockNumber, development };
}

/** What is known of how others reach a node: an address that it listens on may be behind a router that forwards nothing. */
export function reachability(seen: {
  nodeType: string | undefined;
  addresses: number;
  dialled: boolean;
  relays: number;
}): NodeStatus["overlay"]["reachability"] {
  if (seen.nodeType !== undefined && seen.nodeType !== "light_private" && seen.addresses > 0) {
    return seen.dialled ? "direct" : "unverified";
  }
  return seen.relays > 0 ? "relayed" : "none";
}
