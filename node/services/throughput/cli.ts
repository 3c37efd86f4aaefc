import { type Command, InvalidArgumentError } from "commander";
import { toPeerId } from "../../cli/arguments.ts";
import type { CliContext } from "../../cli/context.ts";
import { milliseconds } from "../../cli/table.ts";
import { maxHops, type Path } from "../../core/schema.ts";
import { throughputRoutes } from "./api.ts";

const hopsHelp = "lead the path through so many relays, each of which learns its neighbours alone";
const units = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

export function addThroughputCommands(program: Command, context: CliContext): void {
  program
    .command("ping")
    .description("Reach a peer and measure the round trip.")
    .argument("<peerID>", "40 hex digits, with or without 0x", toPeerId)
    .option("--count <n>", "how often", toCount, 4)
    .option("--hops <n>", hopsHelp, toHops, 0)
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh ping 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --count 10\n  $ shadowmesh ping 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --hops 2",
    )
    .action(async (peerId: string, { count, hops }: { count: number; hops: number }) => {
      const { client } = await context.daemon();
      const answer = await client.call(throughputRoutes.ping, { peerId, count, hops });
      const path = pathText(answer);
      const lines = answer.roundTripsMs.map((value, index) => `${index + 1}  ${milliseconds(value)}`);
      context.print(answer, `Reached ${peerId} ${path} in ${milliseconds(answer.connectMs)}\n${lines.join("\n")}`);
    });

  program
    .command("throughput")
    .description("Move random bytes to a peer, which hashes what it receives: speed and integrity of the path.")
    .argument("<peerID>", "40 hex digits, with or without 0x", toPeerId)
    .option("--size <bytes>", "how much, such as 64M; 1G at the most", toBytes, 16 * units.m)
    .option("--hops <n>", hopsHelp, toHops, 0)
    .addHelpText("after", "\nExample:\n  $ shadowmesh throughput 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --size 64M")
    .action(async (peerId: string, { size, hops }: { size: number; hops: number }) => {
      const { client } = await context.daemon();
      context.say(`› sending ${size} bytes to ${peerId}`);
      const answer = await client.call(throughputRoutes.throughput, { peerId, bytes: size, hops });
      const path = pathText(answer);
      const line = answer.dedicated ? "on a connection of its own" : "beside all else on the peer's connection";
      const rate = (answer.bytes / 1e6 / (answer.elapsedMs / 1000)).toFixed(1);
      context.print(
        answer,
        `${answer.bytes} bytes ${path}, ${line}, in ${milliseconds(answer.elapsedMs)}: ${rate} MB/s\nSHA-256 at the far end ${answer.sha256}`,
      );
    });
}

function pathText({ path, relays }: { path: Path; relays: readonly string[] }): string {
  if (path === "direct") return "directly";
  if (path === "punched") return "directly, through the routers of both";
  return relays.length === 0 ? "through a relay" : `through ${relays.join(", then ")}`;
}

function toHops(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > maxHops) {
    throw new InvalidArgumentError(`expected 0 to ${maxHops}`);
  }
  return value;
}

function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new InvalidArgumentError("expected 1 to 100");
  return value;
}

function toBytes(text: string): number {
  const [, digits, unit] = /^(\d+)\s*([kmg])?i?b?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * (unit === undefined ? 1 : units[unit.toLowerCase() as keyof typeof units]);
  if (!(bytes >= 1 && bytes <= units.g)) throw new InvalidArgumentError("expected a size such as 64M, up to 1G");
  return bytes;
}
