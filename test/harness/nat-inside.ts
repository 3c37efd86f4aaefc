import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { SignedRecord } from "../../node/core/records/index.ts";
import { createInternet, insideOf } from "../../scripts/lab/nat/namespaces.ts";
import { routersOf, type Surrounding } from "../../scripts/lab/nat/surroundings.ts";
import { inParallel } from "../../scripts/network/in-parallel.ts";
import { type Child, launch, ready } from "../../scripts/network/process.ts";
import type { NatAnswer, NatQuestion } from "./nat-questions.ts";

// The first process of namespaces of its own: puts nodes behind NATs, has some of them punch, and prints what came of it.
// Pairs are told as `cone:symmetric=PUNCH_UNANSWERED`, by how each should end.
const [folder = "", ...told] = process.argv.slice(2);
const endings = new Map(told.map((pair) => pair.split("=") as [string, string]));
const pairs = [...endings.keys()];
const mappings: Partial<Record<Surrounding, string>> = {
  cone: "endpoint-independent",
  symmetric: "address-dependent",
  "udp-blocked": "blocked",
};
execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
const internet = await createInternet();
const program = join(import.meta.dirname, "nat-node.ts");
const children: Child[] = [];

interface Machine {
  readonly name: string;
  readonly record: SignedRecord;
  ask(question: NatQuestion): Promise<NatAnswer>;
}

async function start(number: number, name: string, kind: Surrounding): Promise<Machine> {
  const own = await internet.addMachine(name, routersOf[kind]);
  const [command = "", ...prefix] = insideOf(name);
  const logPath = join(folder, `${name}.log`);
  const args = [...prefix, process.execPath, "--disable-warning=ExperimentalWarning", program, String(number), own];
  const child = launch(command, args, { logPath });
  children.push(child);
  const { record } = await ready<NatAnswer>(child, name, logPath);
  if (record === undefined) throw new Error(`${name} gave no record`);
  return {
    name,
    record,
    async ask(question) {
      child.process.send(question);
      return (await once(child.process, "message"))[0] as NatAnswer;
    },
  };
}

const [relay, reflector] = await Promise.all([start(1, "relay", "public"), start(2, "reflector", "public")]);
await relay.ask({ relay: true });
const kinds = [...new Set(pairs.flatMap((pair) => pair.split(":")))] as Surrounding[];
const names = kinds.flatMap((kind) => [`${kind}-a`, `${kind}-b`]);
const wanted = names.filter((name) => pairs.some((pair) => isPart(name, pair)));
const machines = new Map<string, Machine & { joined: NatAnswer }>();
await inParallel(2, [...wanted.entries()], async ([index, name]) => {
  const kind = name.slice(0, -2) as Surrounding;
  const machine = await start(index + 3, name, kind);
  const joined = await machine.ask({ join: [relay.record, reflector.record], mapping: mappings[kind] ?? "" });
  machines.set(name, { ...machine, joined });
});
const results: Record<string, NatAnswer> = {};
for (const pair of pairs) {
  const [from, to] = pair.split(":").map((kind, index) => machines.get(`${kind}-${"ab"[index]}`));
  if (from === undefined || to?.joined.record === undefined) throw new Error(`nobody is there for ${pair}`);
  results[pair] = {
    mapping: from.joined.mapping,
    ...(await from.ask({ punch: to.joined.record, ending: endings.get(pair) ?? "" })),
  };
  if (results[pair]?.paths === undefined) continue;
  // From here on the outer router of the second one drops all UDP, as if it had forgotten.
  execFileSync("ip", ["netns", "exec", `${to.name}-r0`, "nft", "insert rule ip6 filter forward meta l4proto udp drop"]);
  const lost = await from.ask({ lost: to.joined.record });
  results[`${pair} lost`] = lost;
}
console.log(JSON.stringify(results));
await Promise.all(children.map((child) => child.stop()));
process.exit();

function isPart(name: string, pair: string): boolean {
  const [from, to] = pair.split(":");
  return name === `${from}-a` || name === `${to}-b`;
}
