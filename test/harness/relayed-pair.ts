import { isStartable } from "@libp2p/interface";
import { circuitAddress, type MeshNode, type NodeOptions, soon } from "./mesh.ts";

type NewNode = (n: number, options?: NodeOptions) => Promise<MeshNode>;

/** A node that relays for everybody. */
export async function newRelay(newNode: NewNode, n: number): Promise<MeshNode> {
  const relay = await newNode(n, { mayReserve: async () => true });
  const server = relay.overlay.circuit.createServer({ maxReservations: 8 }, () => undefined);
  if (isStartable(server)) await server.start();
  return relay;
}

/** Has a node keep a reservation with a relay; its address through it. */
export async function reserve(node: MeshNode, relay: MeshNode): Promise<string> {
  const connection = await node.overlay.connect(await relay.record(), soon());
  await node.overlay.circuit.reserve(connection.libp2p.remotePeer, soon());
  return circuitAddress(relay);
}
