import type { Command } from "commander";
import { toPeerId } from "../../cli/arguments.ts";
import type { CliContext } from "../../cli/context.ts";
import { facts, milliseconds } from "../../cli/table.ts";
import { discoveryRoutes } from "./api.ts";

export function addDiscoveryCommands(program: Command, context: CliContext): void {
  program
    .command("lookup")
    .description("Find a node by its peer ID in the peer cache, the DHT and the backbone's registry.")
    .argument("<peerID>", "40 hex digits, with or without 0x", toPeerId)
    .addHelpText("after", "\nExample:\n  $ shadowmesh lookup 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0")
    .action(async (peerId: string) => {
      const { client } = await context.daemon();
      const found = await client.call(discoveryRoutes.lookup, { peerId });
      const text = facts([
        ["Peer ID", found.peerId],
        [
          "Type",
          found.registration === null
            ? "unregistered"
            : `${found.registration.nodeType} in ${found.registration.region}`,
        ],
        ["Relays", found.relays.join(", ") || "none: it can be dialled"],
        ["Found in", `${found.source}, ${milliseconds(found.elapsedMs)}`],
        ["Expires", new Date(found.expiresAtMs).toISOString()],
        ...found.addresses.map((address, index) => [index === 0 ? "Addresses" : "", address] as const),
      ]);
      context.print(found, text);
    });
}
