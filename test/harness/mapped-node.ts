import { announcerOf } from "./announcing.ts";
import { verifyAt } from "./identities.ts";
import { readLog } from "./log.ts";
import { createMeshNode } from "./mesh.ts";
import { until } from "./until.ts";

// Runs on a machine behind a router: tells what its node found out about the router's forwarding; then, for each line of
// its input, what it is once the router has another address, and what its record says that it replaces. Stops when its
// input ends. On a busy machine the router's answer may come too late: the node looks again until it is the expected one.
const [expected = ""] = process.argv.slice(2);
const { log, lines } = readLog();
const words = () => lines.filter(({ msg }) => msg === "the router says that something has changed").length;
const node = await createMeshNode(1, {
  listen: ["/ip4/0.0.0.0/tcp/4100"],
  dataPort: 4102,
  udpPort: 4103,
  portMapping: true,
  log,
});
const { status, refresh } = node.overlay.portMapping;
const own = /^\/ip4\/(127|10)\./;
const beyond = (addresses: readonly string[]) => addresses.filter((address) => !own.test(address));
const tell = (replaced: readonly string[], announced = false) => {
  const { protocol, externalHost, ports, hindrance } = status();
  const addresses = beyond(node.overlay.addresses());
  console.log(
    JSON.stringify({
      protocol,
      externalHost,
      ports: ports.map(({ protocol: transport, port, outside }) => `${transport} ${outside} to ${port}`),
      hindrance: hindrance?.code ?? null,
      addresses,
      announced,
      signed: announcer.record?.signed,
      replaced: beyond(replaced),
    }),
  );
};

await until(() => {
  const { externalHost: found, hindrance: reason } = status();
  if (reason !== null && reason.code !== expected) refresh();
  return found !== null || reason?.code === expected;
});
let replaced: readonly string[] | undefined;
const announcer = announcerOf(node, (signed) => {
  void verifyAt()(signed).then(({ replaces }) => {
    replaced = replaces?.addresses;
  });
});
await announcer.start(AbortSignal.timeout(60_000));
await until(() => announcer.record);
tell([]);
const wordsBefore = words();
process.stdin.on("data", async () => tell(await until(() => replaced), words() > wordsBefore));
process.stdin.once("end", async () => {
  await announcer.stop();
  await node.overlay.stop();
});
