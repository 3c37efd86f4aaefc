import {
  EndpointSet,
  NodeDeregistered,
  NodeRegistered,
  NodeUpdated,
  StakeWithdrawn,
} from "../generated/NodeNexus/NodeNexus";
import { Node } from "../generated/schema";
import { knownNode, knownPool } from "./ids";
import { loadOperator } from "./operators";
import { closePool, createPool } from "./pools";
import { enterRegion, leaveRegion, nodeTypeOf } from "./regions";
import { changeScore } from "./scores";
import { Totals } from "./totals";

/** Where the contract lets a node start, and what it keeps at most when it changes its type. */
const INITIAL_SCORE = 50;

export function handleNodeRegistered(event: NodeRegistered): void {
  const totals = new Totals(event);
  const pool = createPool(totals, event);
  // A peer ID that was withdrawn may come back. Of its former registration nothing stays but what it is accused of.
  const former = Node.load(event.params.peerID);
  const node = new Node(event.params.peerID);
  node.openReports = former === null ? [] : former.openReports;
  node.pool = pool.id;
  node.operator = event.params.operator;
  node.nodeType = nodeTypeOf(event.params.nodeType);
  node.region = event.params.region;
  node.bandwidthMbps = event.params.bandwidthMbps;
  node.nodeAddress = event.params.nodeAddress;
  node.mlDsaKeyHash = event.params.mlDsaKeyHash;
  node.status = "ACTIVE";
  node.score = INITIAL_SCORE;
  node.endpoint = "";
  node.registeredAt = event.block.timestamp;
  node.deregisteredAt = null;
  node.availableAt = null;
  node.withdrawnAt = null;
  node.save();

  const operator = loadOperator(event.params.operator);
  operator.activeNodes += 1;
  operator.save();
  enterRegion(totals, node, pool);
  totals.day.registered += 1;
  totals.save();
}

export function handleNodeUpdated(event: NodeUpdated): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  const pool = knownPool(node.pool);
  const nodeType = nodeTypeOf(event.params.nodeType);
  leaveRegion(totals, node, pool);
  if (nodeType != node.nodeType && node.score > INITIAL_SCORE) {
    changeScore(totals, node, INITIAL_SCORE, null, event, 0);
  }
  node.nodeType = nodeType;
  node.region = event.params.region;
  node.bandwidthMbps = event.params.bandwidthMbps;
  node.save();
  enterRegion(totals, node, pool);
  totals.save();
}

export function handleEndpointSet(event: EndpointSet): void {
  const node = knownNode(event.params.peerID);
  node.endpoint = event.params.endpoint;
  node.save();
}

export function handleNodeDeregistered(event: NodeDeregistered): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  leaveRegion(totals, node, knownPool(node.pool));
  node.status = "UNBONDING";
  node.deregisteredAt = event.block.timestamp;
  node.availableAt = event.params.availableAt;
  node.save();
  const operator = loadOperator(node.operator);
  operator.activeNodes -= 1;
  operator.unbondingNodes += 1;
  operator.save();
  totals.day.deregistered += 1;
  totals.save();
}

export function handleStakeWithdrawn(event: StakeWithdrawn): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  const amount = event.params.amount;
  closePool(totals, node, amount);
  node.status = "WITHDRAWN";
  node.withdrawnAt = event.block.timestamp;
  node.save();
  const operator = loadOperator(node.operator);
  operator.unbondingNodes -= 1;
  operator.withdrawn = operator.withdrawn.plus(amount);
  operator.save();
  totals.day.withdrawn += 1;
  totals.save();
}
