import type { Command } from "commander";
import { formatEther } from "viem";
import { toPeerId } from "../../cli/arguments.ts";
import type { CliContext } from "../../cli/context.ts";
import { routerText } from "../../cli/router.ts";
import { facts, milliseconds } from "../../cli/table.ts";
import { discoveryRoutes, type LookupResult, type Why } from "./api.ts";

export function addDiscoveryCommands(program: Command, context: CliContext): void {
  program
    .command("lookup")
    .description(
      "Find a node by its peer ID in the peer cache, the DHTs of its region and of all, and the backbone's registry.",
    )
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
        ["Found in", `${sources[found.source]}, ${milliseconds(found.elapsedMs)}`],
        [found.expiresAtMs < Date.now() ? "Ran out" : "Expires", new Date(found.expiresAtMs).toISOString()],
        ...found.addresses.map((address, index) => [index === 0 ? "Addresses" : "", address] as const),
      ]);
      context.print(found, text);
    });

  program
    .command("why")
    .description("How a peer is reached, how fast and at what price, and why no better way is taken.")
    .argument("<peerID>", "40 hex digits, with or without 0x", toPeerId)
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh why 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0\n" +
        "  $ shadowmesh why 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --json | jq '.rungs[].attempts'",
    )
    .action(async (peerId: string) => {
      const { client } = await context.daemon();
      const why = await client.call(discoveryRoutes.why, { peerId });
      context.print(why, whyText(why));
    });
}

function whyText({ peerId, path, reason, rungs, portMapping }: Why): string {
  const time = (value: number | null) => (value === null ? "not known" : milliseconds(value));
  const price = path?.pricePerGiBWei ?? null;
  const used =
    path === null
      ? []
      : [
          ["Rung", path.relay === null ? path.rung : `${path.rung} through ${path.relay}`] as const,
          ["Address", path.address] as const,
          ["Connected", path.direction === "inbound" ? "by the peer" : `in ${time(path.connectMs)}`] as const,
          ["Round trip", time(path.roundTripMs)] as const,
          ["Price of a GiB", path.rung === "relayed" ? priceText(price) : "nothing"] as const,
        ];
  const ladder = rungs.flatMap(({ rung, reason: text, attempts }) => [
    [rung, text] as const,
    ...attempts.slice(0, shownAttempts).map((attempt) => {
      const outcome = attempt.failure?.code ?? attempt.outcome;
      return ["", `${outcome} after ${milliseconds(attempt.elapsedMs)}: ${attempt.address ?? "no address"}`] as const;
    }),
  ]);
  return `${reason}\n\n${facts([["Peer ID", peerId], ...used])}\n\n${facts([...ladder, ["router", routerText(portMapping)]])}`;
}

const sources: Record<LookupResult["source"], string> = {
  self: "this node itself",
  cache: "the peer cache",
  "regional-dht": "the DHT of the region",
  "global-dht": "the global DHT",
  backbone: "the backbone",
  "last-known": "what was known last",
};

const shownAttempts = 4;

function priceText(wei: string | null): string {
  return wei === null ? "not known, so nothing is charged" : `${formatEther(BigInt(wei))} SHM past the free allowance`;
}
