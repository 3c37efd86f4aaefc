import { setTimeout as delay } from "node:timers/promises";
import type { PeerConnection } from "../../node/core/overlay/index.ts";
import { verifyAt } from "./identities.ts";
import { createMeshNode, soon } from "./mesh.ts";
import { newRelay, reserve } from "./relayed-pair.ts";
import { until } from "./until.ts";
import { type Way, ways } from "./ways.ts";

// The peer of a node that moves, and a relay where that has to come through one: tells its parent where it is, and once
// it is connected to, has a user send all the time, on the best connection there is. Tells the address of the first one,
// then of that which it uses after the move, and what the peer knows then.
const [signed = "", protocol = "", way = ""] = process.argv.slice(2);
const { listen, path, udpPort } = ways[way as Way];
// It looks nobody up, so that it stays with the way that it was reached by.
const findRecord = async () => null;
const node = await createMeshNode(2, { listen, udpPort, findRecord, mayPunch: async () => true });
const record = await verifyAt()(JSON.parse(signed));
node.overlay.cache.add(record);
const newNode: Parameters<typeof newRelay>[0] = (n, options) =>
  createMeshNode(n, { ...options, listen: ["/ip4/10.88.0.1/tcp/4200"] });
const addresses = path === "direct" ? node.overlay.addresses() : [await reserve(node, await newRelay(newNode, 3))];
console.log(JSON.stringify({ known: await node.signed({ addresses }) }));
const first = await until(() => {
  const best = node.overlay.connectionTo(record.peerId);
  return best?.path === path ? best : undefined;
});
console.log(JSON.stringify({ before: first.address }));
void send();
const hasMoved = () => node.overlay.cache.get(record.peerId)?.sequence !== record.sequence;
const next = await until(() => {
  const best = node.overlay.connectionTo(record.peerId);
  return hasMoved() && first.libp2p.status !== "open" ? best : undefined;
});
const told = {
  after: next.address,
  openToOld: node.overlay.connections().filter(({ address }) => address.includes("/10.88.0.2/")).length,
  known: node.overlay.cache.get(record.peerId)?.addresses,
};
console.log(JSON.stringify(told));

async function send(): Promise<never> {
  for (;;) {
    const connection = await until(() => node.overlay.connectionTo(record.peerId));
    await sendUntilClosed(connection).catch(() => undefined);
  }
}

async function sendUntilClosed(connection: PeerConnection): Promise<void> {
  const stream = await connection.open(protocol, soon());
  while (connection.libp2p.status === "open") {
    stream.send(Buffer.from("."));
    await delay(20);
  }
}
