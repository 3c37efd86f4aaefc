import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The public side. RFC 9637 reserves 3fff::/20 for documentation, and libp2p takes it for public, unlike the ranges that
 * IPv4 reserves so; the private sides are unique local addresses (RFC 4193).
 */
const publicPrefix = "3fff:1::";
const bridge = "internet";
export const hubAddress = `${publicPrefix}1`;

/** Makes machines and routers out of network namespaces, around the bridge in ours. */
export async function createInternet() {
  await ip("link", "set", "lo", "up");
  await ip("link", "add", bridge, "type", "bridge");
  await address(null, bridge, `${hubAddress}/64`);
  let last = 0x10;
  let links = 0;

  /** A cable between two namespaces, its ends up and named. */
  async function connect(inner: string, innerEnd: string, outer: string | null, outerEnd: string): Promise<void> {
    const [a, b] = [`a${links}`, `b${links++}`];
    await ip("link", "add", a, "type", "veth", "peer", "name", b);
    await ip("link", "set", a, "netns", inner, "name", innerEnd);
    if (outer !== null) await ip("link", "set", b, "netns", outer, "name", outerEnd);
    else await ip("link", "set", b, "name", outerEnd, "master", bridge, "up");
    await inside(inner, "ip", "link", "set", innerEnd, "up");
    if (outer !== null) await inside(outer, "ip", "link", "set", outerEnd, "up");
  }

  async function addNamespace(name: string): Promise<void> {
    await ip("netns", "add", name);
    await inside(name, "ip", "link", "set", "lo", "up");
  }

  /** Puts a namespace on the public bridge. */
  async function attach(name: string): Promise<string> {
    const own = `${publicPrefix}${(++last).toString(16)}`;
    await connect(name, "wan", null, `port${last}`);
    await address(name, "wan", `${own}/64`);
    return own;
  }

  return {
    /** Adds a machine behind the routers with these rules, the outermost first. Returns its own address. */
    async addMachine(name: string, routers: readonly string[]): Promise<string> {
      await addNamespace(name);
      if (routers.length === 0) return attach(name);
      let outer: string | null = null;
      for (const [depth, rules] of routers.entries()) {
        const router = `${name}-r${depth}`;
        await addNamespace(router);
        if (outer === null) await attach(router);
        else await plug(router, "wan", outer);
        await inside(router, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
        await loadRules(router, rules);
        outer = router;
      }
      return plug(name, "wan", outer as string);
    },
  };

  /** Puts a namespace behind a router, on a private network of their own. */
  async function plug(name: string, end: string, router: string): Promise<string> {
    const prefix = `fd00:${(++last).toString(16)}::`;
    await connect(name, end, router, "lan");
    await address(router, "lan", `${prefix}1/64`);
    await address(name, end, `${prefix}2/64`);
    await inside(name, "ip", "-6", "route", "add", "default", "via", `${prefix}1`);
    return `${prefix}2`;
  }
}

/** The command that runs a program inside a namespace. */
export const insideOf = (name: string): readonly string[] => ["ip", "netns", "exec", name];

const ip = (...args: string[]) => run("ip", args);

async function inside(name: string, command: string, ...args: string[]): Promise<string> {
  const [program = "", ...prefix] = insideOf(name);
  return (await run(program, [...prefix, command, ...args])).stdout;
}

/** Duplicates of an address are impossible here, and looking for them takes seconds. */
async function address(name: string | null, device: string, cidr: string): Promise<void> {
  const args = ["-6", "addr", "add", cidr, "dev", device, "nodad"];
  if (name === null) {
    await ip("link", "set", device, "up");
    await ip(...args);
  } else await inside(name, "ip", ...args);
}

function loadRules(name: string, rules: string): Promise<void> {
  const [program = "", ...prefix] = insideOf(name);
  const child = spawn(program, [...prefix, "nft", "-f", "-"], { stdio: ["pipe", "inherit", "inherit"] });
  child.stdin.end(rules);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`nft did not take the rules of ${name}`))));
  });
}
