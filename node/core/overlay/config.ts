import { z } from "zod";

const multiaddrSchema = z.string().startsWith("/", "expected a multiaddr such as /ip4/0.0.0.0/tcp/4100");

export const overlayConfigSchema = z.object({
  /**
   * Multiaddrs to listen on; none for a node that only dials out. Those of IPv6 are left out, with a warning in the log, on
   * a machine that has none at the start, as long as others are listed.
   */
  listen: z
    .array(multiaddrSchema)
    .default(["/ip4/0.0.0.0/tcp/4100", "/ip6/::/tcp/4100", "/ip4/0.0.0.0/tcp/4101/ws", "/ip6/::/tcp/4101/ws"]),
  /** Multiaddrs to tell others, where they differ from those listened on (port forwarding). */
  announce: z.array(multiaddrSchema).default([]),
  /**
   * TCP port on the same hosts for lanes: much data passes there without a muxer. To be opened beside the others on a
   * node that can be dialled; null for none, and 0 for any that is free.
   */
  dataPort: z.number().int().min(0).max(65_535).nullable().default(4102),
  /**
   * Milliseconds that a stream or lane may go on after a better way to its peer has opened: those that carry one thing for
   * long are told to move when it opens, and end when it is over.
   */
  moveGraceMs: z.number().int().min(0).default(60_000),
  /**
   * Finds the nodes of the local network by multicast DNS: whoever is on it learns this node's libp2p ID. Of no effect on a
   * node that listens on loopback alone.
   */
  mdns: z.boolean().default(true),
  /**
   * UDP port for direct connections through NATs and for telling other nodes theirs: on the first of the same hosts, or on
   * all addresses where one of them stands for all; null for none, and 0 for any that is free.
   */
  udpPort: z.number().int().min(0).max(65_535).nullable().default(4103),
  /**
   * Asks the router to forward the ports above to this machine (NAT-PMP, else UPnP), where it listens on a private IPv4
   * address.
   */
  portMapping: z.boolean().default(true),
  /** Open connections at the most. */
  maxConnections: z.number().int().min(8).default(500),
});
export type OverlayConfig = z.infer<typeof overlayConfigSchema>;
