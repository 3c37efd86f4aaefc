import { BigInt, ethereum } from "@graphprotocol/graph-ts";
import { Day, Registry } from "../generated/schema";

const REGISTRY = "nexus";
const DAY_S = 86_400;

/** The registry's sums and the day's: what happens is added to both. */
export class Totals {
  registry: Registry;
  day: Day;

  constructor(event: ethereum.Event) {
    this.registry = loadRegistry(event);
    this.day = loadDay(event.block.timestamp);
  }

  save(): void {
    this.day.activeNodes = this.registry.activeNodes;
    this.day.stake = this.registry.stake;
    this.registry.save();
    this.day.save();
  }
}

/** @param event - Of NodeNexus where the registry is not known yet: its first ones are those of its initializer. */
export function loadRegistry(event: ethereum.Event): Registry {
  const known = Registry.load(REGISTRY);
  if (known !== null) return known;
  const zero = BigInt.zero();
  const registry = new Registry(REGISTRY);
  registry.address = event.address;
  registry.version = zero;
  registry.paused = false;
  registry.publicMinimum = zero;
  registry.backboneMinimum = zero;
  registry.unbondingPeriod = zero;
  registry.longestUnbondingPeriod = zero;
  registry.relayPricePerGiB = zero;
  registry.registrations = zero;
  registry.activeNodes = 0;
  registry.activeBackbones = 0;
  registry.bandwidthMbps = zero;
  registry.stake = zero;
  registry.unbonding = zero;
  registry.commission = zero;
  registry.rewardsToStake = zero;
  registry.claimed = zero;
  registry.slashed = zero;
  registry.burnt = zero;
  return registry;
}

/** The UTC day of a block. */
export function loadDay(timestamp: BigInt): Day {
  const number = timestamp.div(BigInt.fromI32(DAY_S));
  const known = Day.load(number.toString());
  if (known !== null) return known;
  const zero = BigInt.zero();
  const day = new Day(number.toString());
  day.start = number.times(BigInt.fromI32(DAY_S));
  day.registered = 0;
  day.deregistered = 0;
  day.withdrawn = 0;
  day.scoreChanges = 0;
  day.staked = zero;
  day.unstaked = zero;
  day.commission = zero;
  day.rewardsToStake = zero;
  day.claimed = zero;
  day.slashed = zero;
  day.burnt = zero;
  day.channelsOpened = 0;
  day.channelsClosed = 0;
  day.deposited = zero;
  day.redemptions = 0;
  day.redeemed = zero;
  day.refunded = zero;
  const registry = Registry.load(REGISTRY);
  day.activeNodes = registry === null ? 0 : registry.activeNodes;
  day.stake = registry === null ? zero : registry.stake;
  return day;
}
