import { execFileSync } from "node:child_process";
import { createMeshNode } from "./mesh.ts";

// Runs in a network namespace of its own, where it may give itself a public address; tells which addresses its overlay
// announces, and closes.
const [address = ""] = process.argv.slice(2);
const ip = (...args: string[]) => execFileSync("ip", args);
ip("link", "set", "lo", "up");
ip("-6", "addr", "add", `${address}/128`, "dev", "lo", "nodad");

const node = await createMeshNode(1, { listen: ["/ip6/::/tcp/4100"] });
console.log(JSON.stringify(node.overlay.addresses()));
// An interface that came later.
ip("-6", "addr", "add", `${address}1/128`, "dev", "lo", "nodad");
console.log(JSON.stringify(node.overlay.addresses()));
await node.overlay.stop();
