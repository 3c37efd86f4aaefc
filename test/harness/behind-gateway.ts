import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "./until.ts";

// Runs as the first process of namespaces of its own, which end with it: a machine on a local network, a router with
// miniupnpd, and what is beyond. Starts a node on the machine (mapped-node.ts), tells what its router forwards, whether
// somebody beyond gets through, what becomes of that when the router gets another address, and what is left when the node
// has stopped.
const [folder = "", protocol = "", externalHost = "", expected = "", nextHost = ""] = process.argv.slice(2);
const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: "utf8" });
const ip = (...args: string[]) => run("ip", ...args);
const inside = (name: string, ...args: string[]) => ip("netns", "exec", name, ...args);

/** A cable between two namespaces; an address on each end. */
function plug(a: string, aAddress: string, b: string, bAddress: string, [aEnd, bEnd]: readonly [string, string]): void {
  ip("link", "add", aEnd, "netns", a, "type", "veth", "peer", "name", bEnd, "netns", b);
  for (const [name, end, address] of [
    [a, aEnd, aAddress],
    [b, bEnd, bAddress],
  ] as const) {
    inside(name, "ip", "addr", "add", `${address}/24`, "dev", end);
    inside(name, "ip", "link", "set", end, "up");
    inside(name, "ip", "link", "set", "lo", "up");
  }
}

function nft(name: string, rules: string): void {
  execFileSync("ip", ["netns", "exec", name, "nft", "-f", "-"], { input: rules });
}

/** The chains that miniupnpd writes into, as its own package makes them. */
const rules = `
table inet filter {
  chain forward {
    type filter hook forward priority 0; policy accept;
    jump miniupnpd
    iifname "wan" ct state new drop
  }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; oifname "wan" masquerade; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
`;

/** What the router forwards. */
const forwarded = () =>
  inside("router", "nft", "list", "chain", "inet", "filter", "prerouting_miniupnpd").match(/dnat.*/g) ?? [];

// `ip netns` keeps its names there; the machine's own must not see them.
run("mount", "-t", "tmpfs", "tmpfs", "/run");
for (const name of ["machine", "router", "beyond"]) ip("netns", "add", name);
const outside = externalHost.replace(/\d+$/, "2");
plug("machine", "10.77.0.2", "router", "10.77.0.1", ["eth", "lan"]);
plug("router", externalHost, "beyond", outside, ["wan", "eth"]);
inside("machine", "ip", "route", "add", "default", "via", "10.77.0.1");
inside("router", "sysctl", "-qw", "net.ipv4.ip_forward=1");
nft("router", rules);

const config = join(folder, "miniupnpd.conf");
if (protocol !== "none") {
  writeFileSync(
    config,
    `ext_ifname=wan
listening_ip=lan
enable_natpmp=${protocol === "NAT-PMP" ? "yes" : "no"}
enable_upnp=${protocol === "UPnP" ? "yes" : "no"}
force_igd_desc_v1=no
secure_mode=yes
uuid=00000000-0000-4000-8000-000000000001
deny 4103 10.77.0.0/24 1024-65535
allow 1024-65535 10.77.0.0/24 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
`,
  );
}
let daemon = protocol === "none" ? null : await startDaemon();

const script = join(import.meta.dirname, "mapped-node.ts");
const node = spawn("ip", ["netns", "exec", "machine", process.execPath, script, expected], {
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: node.stdout });
const [line] = await once(lines, "line");
const { replaced: _, announced: __, signed, ...told } = JSON.parse(line);
const rulesThen = forwarded().length;
const reached = await isReached(told.addresses);
const reflected = reached ? reflectedBeyond() : [];
const moved = nextHost === "" ? {} : { moved: await move() };
// By UPnP a router does not say that it has forgotten.
const restarted = nextHost !== "" && protocol === "NAT-PMP" ? { restarted: await restart() } : {};
node.stdin.end();
await once(node, "exit");
console.log(
  JSON.stringify({ ...told, rulesThen, reached, reflected, ...moved, ...restarted, rulesAfter: forwarded().length }),
);
process.exit();

async function startDaemon() {
  const args = ["netns", "exec", "router", "miniupnpd", "-d", "-f", config, "-P", join(folder, "miniupnpd.pid")];
  const started = spawn("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
  await until(() => inside("router", "ss", "-Hlun").includes(protocol === "NAT-PMP" ? ":5351" : ":1900"));
  return started;
}

/** Starts the router anew, which forgets; how much it forwards then, and after a while. */
async function restart() {
  daemon?.kill();
  if (daemon !== null) await once(daemon, "exit");
  // It leaves them, other than a router that loses its power.
  for (const chain of ["miniupnpd", "prerouting_miniupnpd", "postrouting_miniupnpd"])
    inside("router", "nft", "flush", "chain", "inet", "filter", chain);
  const before = forwarded().length;
  daemon = await startDaemon();
  return {
    before,
    after: await until(
      () => forwarded().length,
      (rules) => rules >= rulesThen,
      150_000,
    ),
  };
}

/** Gives the router another address on its other side; what the node makes of it. */
async function move() {
  inside("router", "sysctl", "-qw", "net.ipv4.conf.all.promote_secondaries=1");
  inside("router", "ip", "addr", "add", `${nextHost}/24`, "dev", "wan");
  inside("router", "ip", "addr", "del", `${externalHost}/24`, "dev", "wan");
  // As the scripts of a router's DHCP client tell it.
  daemon?.kill("SIGUSR1");
  node.stdin.write("\n");
  const [next] = await once(lines, "line");
  const { externalHost: host, addresses, replaced, announced } = JSON.parse(next);
  return { externalHost: host, addresses, replaced, announced, reached: await isReached(addresses) };
}

/** Whether somebody beyond gets through at the first of these addresses. */
async function isReached([address]: readonly string[]): Promise<boolean> {
  const [, host, port] = /^\/ip4\/([^/]+)\/tcp\/(\d+)\//.exec(address ?? "") ?? [];
  return host !== undefined && answersBeyond(host, Number(port));
}

/** Where the datagrams of somebody beyond come from, as the node tells to whom they get through. */
function reflectedBeyond(): { host: string; port: number }[] {
  return JSON.parse(
    inside("beyond", process.execPath, join(import.meta.dirname, "beyond-node.ts"), JSON.stringify(signed)),
  );
}

/** Whether a socket from beyond the router gets through; the script itself is in none of the namespaces. */
async function answersBeyond(host: string, toPort: number): Promise<boolean> {
  const dial = `const s=require("net").connect(${toPort},"${host}",()=>{console.log("open");s.destroy()});s.on("error",()=>{})`;
  return inside("beyond", process.execPath, "-e", dial).includes("open");
}
