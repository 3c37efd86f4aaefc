import { createMeshNode } from "./mesh.ts";
import { until } from "./until.ts";

// Runs on a machine behind a router: tells what its node found out about the router's forwarding, and stops when its
// input ends. On a busy machine the router's answer may come too late: the node looks again until it is the expected one.
const [expected = ""] = process.argv.slice(2);
const node = await createMeshNode(1, { listen: ["/ip4/0.0.0.0/tcp/4100"], dataPort: 4102, portMapping: true });
const { status, refresh } = node.overlay.portMapping;
await until(() => {
  const { externalHost: found, hindrance: reason } = status();
  if (reason !== null && reason.code !== expected) refresh();
  return found !== null || reason?.code === expected;
});
const { protocol, externalHost, ports, hindrance } = status();
const own = /^\/ip4\/(127|10)\./;
console.log(
  JSON.stringify({
    protocol,
    externalHost,
    ports: [...ports],
    hindrance: hindrance?.code ?? null,
    addresses: node.overlay.addresses().filter((address) => !own.test(address)),
  }),
);
process.stdin.resume();
process.stdin.once("end", () => void node.overlay.stop());
