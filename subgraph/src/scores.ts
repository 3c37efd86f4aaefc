import { BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";
import { ScoresApplied } from "../generated/NodeNexus/NodeNexus";
import { Epoch, Node, Pool, Registry, ScoreChange } from "../generated/schema";
import { eventId } from "./ids";
import { Totals } from "./totals";

/** A change is a node's number (4 bytes, big-endian) and the score it has now (1 byte). */
const CHANGE_BYTES = 5;
const NUMBER_BYTES = 4;

export function handleScoresApplied(event: ScoresApplied): void {
  const totals = new Totals(event);
  const epoch = epochOf(totals.registry, event);
  const changes = event.params.changes;
  for (let i = 0; i < changes.length / CHANGE_BYTES; i++) {
    const pool = Pool.load(numberAt(changes, i * CHANGE_BYTES).toString());
    // The quorum may name numbers that nobody has, and nodes that have left: the contract passes them over.
    if (pool === null) continue;
    const node = Node.load(pool.node);
    if (node === null || node.pool != pool.id || node.status != "ACTIVE") continue;
    const score = <i32>changes[i * CHANGE_BYTES + NUMBER_BYTES];
    if (score == node.score) continue;
    changeScore(totals, node, score, epoch, event, i);
    node.save();
  }
  totals.save();
}

/** Gives a node another score, and keeps what it was before. @param place - Of the change within its event. */
export function changeScore(
  totals: Totals,
  node: Node,
  score: i32,
  epoch: Bytes | null,
  event: ethereum.Event,
  place: i32,
): void {
  const change = new ScoreChange(eventId(event).concatI32(place));
  change.node = node.id;
  change.pool = node.pool;
  change.epoch = epoch;
  change.from = node.score;
  change.to = score;
  change.timestamp = event.block.timestamp;
  change.transaction = event.transaction.hash;
  change.save();
  node.score = score;
  totals.day.scoreChanges += 1;
}

/** Reputation tells of the epoch first and applies its scores then, in one transaction. */
function epochOf(registry: Registry, event: ethereum.Event): Bytes | null {
  const last = registry.lastEpoch;
  if (last === null) return null;
  const epoch = Epoch.load(last);
  return epoch !== null && epoch.transaction == event.transaction.hash ? last : null;
}

function numberAt(changes: Bytes, start: i32): BigInt {
  let number: u32 = 0;
  for (let i = start; i < start + NUMBER_BYTES; i++) number = (number << 8) | changes[i];
  return BigInt.fromU32(number);
}
