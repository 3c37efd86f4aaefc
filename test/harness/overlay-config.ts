import { type OverlayConfig, overlayConfigSchema } from "../../node/core/overlay/index.ts";

/** A node on loopback, on free ports; without UDP, or those that meet at a relay would not stay there. */
export const overlayConfig = (options: Partial<OverlayConfig> = {}): OverlayConfig =>
  overlayConfigSchema.parse({
    listen: ["/ip4/127.0.0.1/tcp/0"],
    dataPort: 0,
    udpPort: null,
    portMapping: false,
    ...options,
  });
