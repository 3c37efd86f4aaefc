import type { CircuitRelayService } from "@libp2p/circuit-relay-v2";
import { isStartable } from "@libp2p/interface";
import type { Logger } from "pino";
import { applyChanges, type ChangeSource } from "../../core/change.ts";
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

  const begin = async () => {
    server = deps.overlay.circuit.createServer({ maxReservations });
    if (isStartable(server)) await server.start();
    deps.log.info({ maxReservations }, "relaying for others");
  };

  const end = async () => {
    if (isStartable(server)) await server.stop();
    server = undefined;
    deps.log.info("relaying ended");
  };

  const apply = async () => {
    const registration = deps.membership.registration();
    const wanted = registration?.nodeType === "light_public" && registration.active;
    if (wanted && server === undefined) await begin();
    else if (!wanted && server !== undefined) await end();
  };

  const role = applyChanges(deps.membership, apply, (error) => deps.log.error({ err: error }, "relay server"));

  return {
    get reservationsHeld() {
      return server?.reservations.size ?? 0;
    },
    start: role.start,
    async stop() {
      await role.stop();
      if (server !== undefined) await end();
    },
  };
}
