import { type Address, type Hex, parseEther, stringToHex, zeroAddress } from "viem";
import { regions } from "../../node/core/vocabulary.ts";

/** What a new NodeNexus starts with; governance changes it later. Amounts in wei, times in seconds. */
export interface NodeNexusParameters {
  /** Governs parameters and upgrades. @default the deploying account */
  owner: Address;
  /** May stop entries, never exits. @default the owner */
  pauser: Address;
  /** Stake that a LIGHT_PUBLIC node needs. @default 100 SHM */
  publicMinimumWei: bigint;
  /** Stake that a BACKBONE_AUTH node needs. @default 100 SHM */
  backboneMinimumWei: bigint;
  /** @default 7 days */
  unbondingPeriodS: bigint;
  /** What users pay for a relayed GiB (2^30 bytes). @default 0.01 SHM */
  relayPricePerGiBWei: bigint;
  /** @default the seven of {@link regions} */
  regions: readonly string[];
  /** Operators that may run BACKBONE_AUTH nodes from the start. @default none */
  backboneOperators: readonly Address[];
  /** Contract whose scores count. @default none */
  scorer: Address;
  /** Contract that may freeze and slash. @default none */
  slasher: Address;
}

/** What the contracts around NodeNexus start with; most cannot be changed, only replaced by governance. */
export interface SurroundingsParameters {
  /** @default 1 hour */
  epochLengthS: bigint;
  /** From a report to the slash. @default 2 days */
  challengeWindowS: bigint;
  /** Of the stake, in 1/100 %. @default 10 % */
  penaltyBps: number;
  /** Of the penalty, in 1/100 %; the rest is burnt. @default 10 % */
  reporterBps: number;
  /** From a payer's announcement to the closing of its channel. @default 1 day */
  exitNoticeS: bigint;
}

/** Who may decide, and who may carry out what was decided once its time has come. */
export interface TimelockParameters {
  proposers: readonly Address[];
  /** The zero address lets anybody. */
  executors: readonly Address[];
  /** @default none beyond the unbonding period and the time to react */
  minDelayS?: bigint;
}

/** What a deployment is told; scorer and slasher are part of it. */
export type DeployParameters = Partial<Omit<NodeNexusParameters, "scorer" | "slasher"> & SurroundingsParameters> & {
  /**
   * Deploys a timelock as the owner, whose delay is always longer than unbonding; `owner` is not given then.
   */
  timelock?: TimelockParameters;
};

const DAY_S = 24n * 3600n;

/** A region's name as the contract holds it: UTF-8, zero-padded on the right to 32 bytes. */
export const regionId = (name: string): Hex => stringToHex(name, { size: 32 });

export function initializeArguments(deployer: Address, parameters: Partial<NodeNexusParameters>) {
  const owner = parameters.owner ?? deployer;
  return {
    owner,
    pauser: parameters.pauser ?? owner,
    publicMinimum: parameters.publicMinimumWei ?? parseEther("100"),
    backboneMinimum: parameters.backboneMinimumWei ?? parseEther("100"),
    unbondingPeriod: parameters.unbondingPeriodS ?? 7n * DAY_S,
    relayPricePerGiB: parameters.relayPricePerGiBWei ?? parseEther("0.01"),
    scorer: parameters.scorer ?? zeroAddress,
    slasher: parameters.slasher ?? zeroAddress,
    backboneOperators: parameters.backboneOperators ?? [],
    regions: (parameters.regions ?? regions).map(regionId),
  };
}

export const surroundingsArguments = (parameters: Partial<SurroundingsParameters>): SurroundingsParameters => ({
  epochLengthS: parameters.epochLengthS ?? 3_600n,
  challengeWindowS: parameters.challengeWindowS ?? 2n * DAY_S,
  penaltyBps: parameters.penaltyBps ?? 1_000,
  reporterBps: parameters.reporterBps ?? 1_000,
  exitNoticeS: parameters.exitNoticeS ?? DAY_S,
});
