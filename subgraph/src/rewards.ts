import { Address, BigInt } from "@graphprotocol/graph-ts";
import {
  BeneficiarySet,
  CommissionAnnounced,
  CommissionSet,
  EarningsClaimed,
  Rewarded,
} from "../generated/NodeNexus/NodeNexus";
import { Claim, Reward } from "../generated/schema";
import { eventId, knownNode, knownPool } from "./ids";
import { loadOperator } from "./operators";
import { changeStake } from "./pools";
import { Totals } from "./totals";

export function handleRewarded(event: Rewarded): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  const pool = knownPool(node.pool);
  const commission = event.params.commission;
  const toStake = event.params.toStake;

  const reward = new Reward(eventId(event));
  reward.node = node.id;
  reward.pool = pool.id;
  reward.commission = commission;
  reward.toStake = toStake;
  reward.timestamp = event.block.timestamp;
  reward.transaction = event.transaction.hash;
  reward.save();

  pool.earnings = pool.earnings.plus(commission);
  pool.commission = pool.commission.plus(commission);
  pool.rewardsToStake = pool.rewardsToStake.plus(toStake);
  changeStake(totals, node, pool, toStake);
  pool.save();
  const operator = loadOperator(node.operator);
  operator.commission = operator.commission.plus(commission);
  operator.save();
  totals.registry.commission = totals.registry.commission.plus(commission);
  totals.registry.rewardsToStake = totals.registry.rewardsToStake.plus(toStake);
  totals.day.commission = totals.day.commission.plus(commission);
  totals.day.rewardsToStake = totals.day.rewardsToStake.plus(toStake);
  totals.save();
}

export function handleEarningsClaimed(event: EarningsClaimed): void {
  const totals = new Totals(event);
  const node = knownNode(event.params.peerID);
  const pool = knownPool(node.pool);
  const amount = event.params.amount;

  const claim = new Claim(eventId(event));
  claim.node = node.id;
  claim.pool = pool.id;
  claim.beneficiary = event.params.beneficiary;
  claim.amount = amount;
  claim.timestamp = event.block.timestamp;
  claim.transaction = event.transaction.hash;
  claim.save();

  pool.earnings = pool.earnings.minus(amount);
  pool.save();
  totals.registry.claimed = totals.registry.claimed.plus(amount);
  totals.day.claimed = totals.day.claimed.plus(amount);
  totals.save();
}

export function handleBeneficiarySet(event: BeneficiarySet): void {
  const pool = knownPool(knownNode(event.params.peerID).pool);
  const beneficiary = event.params.beneficiary;
  if (beneficiary == Address.zero()) pool.beneficiary = null;
  else pool.beneficiary = beneficiary;
  pool.save();
}

export function handleCommissionAnnounced(event: CommissionAnnounced): void {
  const pool = knownPool(knownNode(event.params.peerID).pool);
  pool.nextCommissionBps = event.params.commissionBps;
  pool.nextCommissionAt = event.params.availableAt;
  pool.save();
}

export function handleCommissionSet(event: CommissionSet): void {
  const pool = knownPool(knownNode(event.params.peerID).pool);
  pool.commissionBps = event.params.commissionBps;
  pool.nextCommissionBps = 0;
  pool.nextCommissionAt = BigInt.zero();
  pool.save();
}
