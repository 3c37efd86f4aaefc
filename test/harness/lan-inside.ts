import { pino } from "pino";
import { createOverlay } from "../../node/core/overlay/index.ts";
import { identityOf, verifyAt } from "./identities.ts";
import { overlayConfig } from "./overlay-config.ts";
import { until } from "./until.ts";

// Nodes on a network that a test has made: two that look for others there, and one that does not. Says who has whom.
const [host = ""] = process.argv.slice(2);
const names = new Map([1, 2, 3].map((n) => [identityOf(n).peerId, n]));
const overlays = await Promise.all(
  [true, true, false].map(async (mdns, index) => {
    const deps = {
      identity: identityOf(index + 1),
      verifyRecord: verifyAt(),
      now: Date.now,
      log: pino({ enabled: false }),
    };
    const overlay = await createOverlay(overlayConfig({ listen: [`/ip4/${host}/tcp/0`], mdns }), deps);
    await overlay.start(AbortSignal.timeout(60_000));
    return overlay;
  }),
);
const has = () => overlays.map((overlay) => [...new Set(overlay.connections().map(({ peerId }) => names.get(peerId)))]);
await until(has, ([first, second]) => first?.length === 1 && second?.length === 1);
console.log(JSON.stringify(has()));
for (const overlay of overlays) await overlay.stop();
process.exit();
