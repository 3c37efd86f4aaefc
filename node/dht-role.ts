import type { Logger } from "pino";
import type { ChangeSource } from "./core/change.ts";
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
  let settled: Promise<void> = Promise.resolve();
  let stopWatching: (() => void) | undefined;

  const follow = () => {
    settled = settled.then(apply).catch((error: unknown) => deps.log.error({ err: error }, "dht role"));
  };

  const apply = async () => {
    const registration = deps.membership.registration();
    const wanted = registration?.active === true && registration.nodeType !== "light_private";
    if (wanted === serving) return;
    serving = wanted;
    await deps.overlay.serveDht(wanted);
    deps.log.info({ serving }, "dht role");
  };

  return {
    async start(signal) {
      signal.throwIfAborted();
      stopWatching = deps.membership.onChange(follow);
      follow();
      await settled;
    },
    async stop() {
      stopWatching?.();
      await settled;
    },
  };
}
