import type { CircuitRelayService } from "@libp2p/circuit-relay-v2";
import { isStartable } from "@libp2p/interface";
import type { Logger } from "pino";
import type { ChangeSource } from "../../core/change.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";

export interface RelayServerDeps {
  overlay: Pick<Overlay, "circuit">;
  membership: ChangeSource & { registration(): Registration | null };
  log: Logger;
}

export interface RelayServer extends Service {
  /** Nodes that hold a reservation with us. */
  readonly reservationsHeld: number;
}

/** Relays for others while the contract lists this node as public and active, and not a moment longer. */
export function createRelayServer(maxReservations: number, deps: RelayServerDeps): RelayServer {
  let server: CircuitRelayService | undefined;
  let stopWatching: (() => void) | undefined;
  // Changes come faster than a server starts: they are served one after the other.
  let settled: Promise<void> = Promise.resolve();

  const follow = () => {
    settled = settled.then(apply).catch((error: unknown) => deps.log.error({ err: error }, "relay server"));
  };

  const apply = async () => {
    const registration = deps.membership.registration();
    const wanted = stopWatching !== undefined && registration?.nodeType === "light_public" && registration.active;
    if (wanted && server === undefined) {
      server = deps.overlay.circuit.createServer({ maxReservations });
      if (isStartable(server)) await server.start();
      deps.log.info({ maxReservations }, "relaying for others");
    } else if (!wanted && server !== undefined) {
      if (isStartable(server)) await server.stop();
      server = undefined;
      deps.log.info("relaying ended");
    }
  };

  return {
    get reservationsHeld() {
      return server?.reservations.size ?? 0;
    },
    async start(signal) {
      signal.throwIfAborted();
      stopWatching = deps.membership.onChange(follow);
      follow();
      await settled;
    },
    async stop() {
      stopWatching?.();
      stopWatching = undefined;
      follow();
      await settled;
    },
  };
}
