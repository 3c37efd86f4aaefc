import type { Logger } from "pino";
import { servesDht } from "./core/chain/index.ts";
import { applyChanges, type ChangeSource } from "./core/change.ts";
import type { Overlay } from "./core/overlay/index.ts";
import type { Registration } from "./core/schema.ts";
import type { Service } from "./core/service.ts";

/**
 * Takes part in the global DHT and in that of the region that the contract names. Nodes that can be dialled serve both,
 * the others only ask them (docs/adr/0005).
 */
export function createDhtRole(deps: {
  overlay: Pick<Overlay, "joinRegion" | "serveDht">;
  membership: ChangeSource & { registration(): Registration | null };
  /** Whether this node hosts anything for others. */
  hosts: boolean;
  log: Logger;
}): Service {
  let serving = false;
  let region: string | null = null;

  const apply = async () => {
    const registration = deps.membership.registration();
    const wanted = deps.hosts && servesDht(registration);
    const standsIn = registration?.active === true ? registration.region : null;
    if (wanted === serving && standsIn === region) return;
    await deps.overlay.serveDht(wanted);
    await deps.overlay.joinRegion(standsIn);
    // Only now: what failed is tried again at the next change.
    serving = wanted;
    region = standsIn;
    deps.log.info({ serving, region }, "dht role");
  };

  return applyChanges(deps.membership, apply, (error) => deps.log.error({ err: error }, "dht role"));
}
