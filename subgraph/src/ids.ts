import { Bytes, ethereum, log } from "@graphprotocol/graph-ts";
import { Node, Pool } from "../generated/schema";

/** The ID of what one event brought about. */
export function eventId(event: ethereum.Event): Bytes {
  return event.transaction.hash.concatI32(event.logIndex.toI32());
}

/** The node that an event names. The chain names none before it is registered, so an unknown one stops the indexer. */
export function knownNode(peerID: Bytes): Node {
  const node = Node.load(peerID);
  if (node === null) log.critical("Node {} is unknown: start at the block of the deployment.", [peerID.toHexString()]);
  return node as Node;
}

/** The pool that an event names by its number, as {@link knownNode}. */
export function knownPool(number: string): Pool {
  const pool = Pool.load(number);
  if (pool === null) log.critical("Pool {} is unknown: start at the block of the deployment.", [number]);
  return pool as Pool;
}
