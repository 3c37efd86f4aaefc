import { type Address, encodeFunctionData, getContractAddress } from "viem";
import { nexusTimelockAbi, nexusTimelockBytecode } from "../../contracts/generated/nexus-timelock.ts";
import { erc1967ProxyBytecode } from "../../contracts/generated/node-nexus-bytecode.ts";
import { relayPaymentsAbi, relayPaymentsBytecode } from "../../contracts/generated/relay-payments.ts";
import { reputationAbi, reputationBytecode } from "../../contracts/generated/reputation.ts";
import { slashingAbi, slashingBytecode } from "../../contracts/generated/slashing.ts";
import { create, type DeployClients } from "./clients.ts";

/** Who may decide, and who may carry out what was decided once its time has come. */
export interface TimelockParameters {
  proposers: readonly Address[];
  /** The zero address lets anybody. */
  executors: readonly Address[];
  /** @default none beyond the unbonding period */
  minDelayS?: bigint;
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

export const proxyConstructor = [
  { type: "constructor", inputs: [{ type: "address" }, { type: "bytes" }], stateMutability: "payable" },
] as const;

const DAY_S = 24n * 3600n;

/**
 * Deploys the contracts that NodeNexus is told of when it is set up, and that must know its address: the account's next
 * transaction must create its proxy.
 */
export async function deploySurroundings(
  clients: DeployClients,
  parameters: Partial<SurroundingsParameters>,
  timelockParameters: TimelockParameters | undefined,
): Promise<{ expected: Address; scorer: Address; slasher: Address; timelock: Address | undefined }> {
  const { publicClient, walletClient } = clients;
  const from = walletClient.account.address;
  const nonce = BigInt(await publicClient.getTransactionCount({ address: from, blockTag: "pending" }));
  const expected = getContractAddress({ from, nonce: nonce + (timelockParameters ? 3n : 2n) });
  const { epochLengthS = 3_600n, challengeWindowS = 2n * DAY_S, penaltyBps = 1_000, reporterBps = 1_000 } = parameters;
  const scorer = await create(clients, {
    abi: reputationAbi,
    bytecode: reputationBytecode,
    args: [expected, epochLengthS],
  });
  const slasher = await create(clients, {
    abi: slashingAbi,
    bytecode: slashingBytecode,
    args: [expected, challengeWindowS, penaltyBps, reporterBps],
  });
  const timelock = timelockParameters && (await deployTimelock(clients, expected, timelockParameters));
  return { expected, scorer: scorer.address, slasher: slasher.address, timelock };
}

async function deployTimelock(clients: DeployClients, nexus: Address, parameters: TimelockParameters) {
  const { proposers, executors, minDelayS = 0n } = parameters;
  const { address } = await create(clients, {
    abi: nexusTimelockAbi,
    bytecode: nexusTimelockBytecode,
    args: [nexus, minDelayS, proposers, executors],
  });
  return address;
}

/** Deploys RelayPayments behind its proxy. */
export async function deployRelayPayments(
  clients: DeployClients,
  nexus: Address,
  owner: Address,
  { exitNoticeS = DAY_S }: Partial<SurroundingsParameters>,
): Promise<Address> {
  const implementation = await create(clients, {
    abi: relayPaymentsAbi,
    bytecode: relayPaymentsBytecode,
    args: [nexus, exitNoticeS],
  });
  const initialize = encodeFunctionData({ abi: relayPaymentsAbi, functionName: "initialize", args: [owner] });
  const proxy = await create(clients, {
    abi: proxyConstructor,
    bytecode: erc1967ProxyBytecode,
    args: [implementation.address, initialize],
  });
  return proxy.address;
}
