import { overlayConfigSchema } from "../../node/core/overlay/index.ts";
import { readLog } from "./log.ts";
import { createMeshNode, soon } from "./mesh.ts";

// Runs in a network of its own, where nothing else has the ports: a node that listens as it does by default, and others, each of
// which opens a lane to it at one of its addresses. Tells what it announces, where a lane had a connection of its own, and
// what it warned of.
const protocol = "/shadowmesh/test/1.0.0";
const withoutId = (address: string) => address.replace(/\/p2p\/.*/, "");
const { listen, dataPort } = overlayConfigSchema.parse({});
const { log, lines } = readLog();
const node = await createMeshNode(1, { listen, dataPort, log });
await node.overlay.lanes.handle(protocol, async () => undefined, { maxInbound: 1 });
const addresses = node.overlay.addresses();
const withLane: string[] = [];
for (const address of addresses) {
  const client = await createMeshNode(2, { listen: [] });
  const connection = await client.overlay.connect(await node.record({ addresses: [address] }), soon());
  const { dedicated } = await client.overlay.lanes.open(connection, protocol, soon());
  if (dedicated) withLane.push(withoutId(connection.address));
  await client.overlay.stop();
}
await node.overlay.stop();
const warnings = lines.filter(({ level }) => level === 40).map(({ msg }) => msg);
console.log(JSON.stringify({ addresses: addresses.map(withoutId), withLane, warnings }));
