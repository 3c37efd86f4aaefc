import type { Logger } from "pino";
import { applyChanges, type ChangeSource } from "./core/change.ts";
import type { Overlay } from "./core/overlay/index.ts";
import type { Registration } from "./core/schema.ts";
import type { Service } from "./core/service.ts";

/** Nodes that can be dialled serve the DHT, the others only ask it (docs/adr/0005). */
export function createDhtRole(deps: {
  overlay: Pick<Overlay, "serveDht">;
  membership: ChangeSource & { registration(): Registration | null };
  log: Logger;
}): Service {
  let serving = false;

  const apply = async () => {
    const registration = deps.membership.registration();
    const wanted = registration?.active === true && registration.nodeType !== "light_private";
    if (wanted === serving) return;
    serving = wanted;
    await deps.overlay.serveDht(wanted);
    deps.log.info({ serving }, "dht role");
  };

  return applyChanges(deps.membership, apply, (error) => deps.log.error({ err: error }, "dht role"));
}
