import { z } from "zod";

const multiaddrSchema = z.string().startsWith("/", "expected a multiaddr such as /ip4/0.0.0.0/tcp/4100");

export const overlayConfigSchema = z.object({
  /** Multiaddrs to listen on; none for a node that only dials out. */
  listen: z.array(multiaddrSchema).default(["/ip4/0.0.0.0/tcp/4100", "/ip4/0.0.0.0/tcp/4101/ws"]),
  /** Multiaddrs to tell others, where they differ from those listened on (port forwarding). */
  announce: z.array(multiaddrSchema).default([]),
  /** Open connections at the most. */
  maxConnections: z.number().int().min(8).default(500),
});
export type OverlayConfig = z.infer<typeof overlayConfigSchema>;
