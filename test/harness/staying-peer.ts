import { setTimeout as delay } from "node:timers/promises";
import type { PeerConnection } from "../../node/core/overlay/index.ts";
import { verifyAt } from "./identities.ts";
import { createMeshNode, soon } from "./mesh.ts";
import { until } from "./until.ts";

// The peer of a node that moves: its user sends all the time, on the best connection there is, and tells its parent the
// address of the first one, then of that which it uses after the move, and what the peer knows then.
const [signed = "", protocol = ""] = process.argv.slice(2);
const node = await createMeshNode(2, { listen: ["/ip4/10.88.0.1/tcp/4100"] });
const record = await verifyAt()(JSON.parse(signed));
node.overlay.cache.add(record);
const first = await node.overlay.connect(record, soon());
console.log(JSON.stringify({ before: first.address, known: await node.signed() }));
await sendUntilClosed(first);
const hasMoved = () => node.overlay.cache.get(record.peerId)?.sequence !== record.sequence;
const next = await until(() => node.overlay.connectionTo(record.peerId));
void until(hasMoved).then(() => {
  const told = {
    after: next.address,
    openToOld: node.overlay.connections().filter(({ address }) => address.includes("/10.88.0.2/")).length,
    known: node.overlay.cache.get(record.peerId)?.addresses,
  };
  console.log(JSON.stringify(told));
});
await sendUntilClosed(next);

async function sendUntilClosed(connection: PeerConnection): Promise<void> {
  const stream = await connection.open(protocol, soon());
  while (connection.libp2p.status === "open") {
    stream.send(Buffer.from("."));
    await delay(20);
  }
}
