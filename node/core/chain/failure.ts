import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  formatEther,
  type Hex,
  HttpRequestError,
  hexToString,
  InsufficientFundsError,
  RpcRequestError,
  TimeoutError,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { type ErrorDefinition, ShadowMeshError } from "../errors.ts";
import { regions } from "../vocabulary.ts";
import { chainErrors } from "./errors.ts";

type Sentences = [message: string, action: string];

/** What the contracts refuse a transaction for, as sentences; any other error is named as the contract names it. */
const refusals: Record<string, (args: readonly unknown[]) => Sentences> = {
  AmountTooLarge: ([sent, maximum]) => [
    `A stake of ${formatEther(sent as bigint)} SHM is more than the contract can count, ${formatEther(maximum as bigint)} SHM.`,
    "Choose a lower amount.",
  ],
  AlreadyUnbonding: ([, availableAt]) => [
    "This node is leaving already.",
    `Its stake can be withdrawn from ${time(availableAt)} on.`,
  ],
  AlreadyRegistered: () => [
    "This node is registered already.",
    "Run `shadowmesh up`, or `shadowmesh status` to see it.",
  ],
  BackboneNotApproved: () => [
    "Governance has not approved this operator for backbone nodes.",
    "Register as private or public, or ask governance for approval.",
  ],
  ChannelStillOpen: () => ["Your channel to this node is open already.", "Add to it with `shadowmesh channel fund`."],
  CommissionNotDue: ([availableAt]) => [
    "The commission announced does not begin yet.",
    `It can from ${time(availableAt)} on.`,
  ],
  EnforcedPause: () => [
    "New registrations are paused.",
    "Leaving and withdrawing work. Try again once the pause is over.",
  ],
  BucketFull: () => [
    "The contract lists as many nodes of this type in this region as it can.",
    "Choose another region or type.",
  ],
  ExitNotAnnounced: () => [
    "A channel is closed only after its exit was announced.",
    "Run `shadowmesh channel exit` first, and close it once the notice is over.",
  ],
  Frozen: ([until]) => [
    "This node's stake is frozen, for somebody reported the node.",
    `It can be withdrawn from ${time(until)} on, if the report is not carried out.`,
  ],
  InvalidAmount: ([amount]) => [
    `A channel does not take ${formatEther(amount as bigint)} SHM.`,
    "It counts in whole gwei, nine digits after the point, up to about 281,474 SHM.",
  ],
  InvalidBandwidth: ([mbps]) => [`A bandwidth of ${mbps} Mbit/s is not accepted.`, "Choose another one."],
  InvalidCommission: ([, maximum]) => [
    `The commission is too high: it takes at most ${Number(maximum) / 100} % now.`,
    "Choose a lower one: above what stakers have agreed to it rises by five percentage points at a time.",
  ],
  InvalidEndpoint: ([url]) => [
    `The contract does not take ${url} for an endpoint.`,
    "Choose a base URL of up to 256 characters, such as https://backbone.example:8443.",
  ],
  InvalidNodeSignature: () => ["The node's proof carries no valid signature.", chainErrors.PROOF_NOT_YOURS.action],
  PeerIdMismatch: ([claimed]) => [
    `The proof was made for another operator, or with other keys than those of the node ${claimed}.`,
    chainErrors.PROOF_NOT_YOURS.action,
  ],
  InvalidVoucher: () => [
    "A voucher is not signed by its channel's session key.",
    "The client has opened a new channel since; redeem the others by naming their clients.",
  ],
  NoChannel: () => ["There is no open channel to this node.", "Open one with `shadowmesh channel open`."],
  NothingSent: () => ["The contract takes no amount of 0 SHM.", "Name an amount, such as --amount 1."],
  NoCommissionAnnounced: () => [
    "No other commission is announced.",
    "Announce one with `shadowmesh registration commission`.",
  ],
  NotBackbone: () => [
    "Only a backbone has an endpoint on chain.",
    "Make it one with `shadowmesh registration update --type backbone`.",
  ],
  NotOperator: ([, operator]) => [
    `The operator of this node is ${operator}, and not the account of this keystore.`,
    "Choose the operator's keystore with --keystore.",
  ],
  NotRegistered: () => ["This node is not registered.", "Register it with `shadowmesh register`."],
  NotUnbonding: () => ["This node is not leaving.", "Deregister it with `shadowmesh registration leave` first."],
  NoticeRunning: ([closableAt]) => [
    `The notice runs until ${new Date(Number(closableAt) * 1000).toISOString()}.`,
    "Close the channel then: the node has until then to redeem what it was given.",
  ],
  ProofExpired: () => ["The node's proof ran out before the registration was mined.", "Run the command again."],
  ProofTooLong: ([deadline, latest]) => [
    `The node's proof counts until ${time(deadline)}, and the contract takes none that counts beyond ${time(latest)}.`,
    "Check that `chain.rpcUrl` serves the newest blocks, then run the command again.",
  ],
  RegionClosed: ([region]) => [`The region ${name(region)} takes no new nodes.`, "Choose another region."],
  StakeTooLow: ([sent, minimum]) => [
    `A stake of ${formatEther(sent as bigint)} SHM is too low: it takes at least ${formatEther(minimum as bigint)} SHM.`,
    chainErrors.STAKE_TOO_LOW.action,
  ],
  StillUnbonding: ([availableAt]) => ["The stake cannot be withdrawn yet.", `It can from ${time(availableAt)} on.`],
  TransferFailed: ([to]) => [
    `The account ${to} does not take coins.`,
    "Close the channel from an account that does, or make the contract payable.",
  ],
  VoucherExceedsDeposit: () => [
    "A voucher promises more than its channel holds.",
    "Redeem the others by naming their clients; this one can be redeemed once its payer has funded the channel.",
  ],
  UnknownRegion: ([region]) => [
    `The contract knows no region called ${name(region)}.`,
    `Choose one of its list, at first ${regions.join(", ")}.`,
  ],
};

/** Refusals with a code of their own, for programs that act on them. */
const codes: Record<string, ErrorDefinition> = {
  InvalidNodeSignature: chainErrors.PROOF_NOT_YOURS,
  PeerIdMismatch: chainErrors.PROOF_NOT_YOURS,
  RegionClosed: chainErrors.REGION_NOT_OPEN,
  StakeTooLow: chainErrors.STAKE_TOO_LOW,
  UnknownRegion: chainErrors.REGION_NOT_OPEN,
};

/** What viem throws where an endpoint gives no answer, or none that counts. */
const unansweredBy = [HttpRequestError, TimeoutError, RpcRequestError, WaitForTransactionReceiptTimeoutError];

/** Turns viem's error into the code and the sentences that say what to do; other errors pass unchanged. */
export function toChainError(cause: unknown): unknown {
  if (ShadowMeshError.is(cause) || !(cause instanceof BaseError)) return cause;
  if (cause.walk((error) => error instanceof InsufficientFundsError) !== null) {
    return new ShadowMeshError(chainErrors.INSUFFICIENT_FUNDS, { cause });
  }
  const revert = cause.walk((error) => error instanceof ContractFunctionRevertedError);
  if (revert instanceof ContractFunctionRevertedError) return toRefusal(revert);
  if (cause.walk((error) => error instanceof ContractFunctionZeroDataError) !== null) {
    return new ShadowMeshError(chainErrors.NO_CONTRACT, { cause });
  }
  const unanswered = cause.walk((error) => unansweredBy.some((kind) => error instanceof kind)) !== null;
  return unanswered
    ? new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE, { message: cause.shortMessage, cause })
    : cause;
}

function toRefusal(revert: ContractFunctionRevertedError): ShadowMeshError {
  const reason = revert.data?.errorName ?? revert.reason ?? "unknown";
  const args = revert.data?.args ?? [];
  const details = { reason, args: args.map(String) };
  const [message, action] = refusals[reason]?.(args) ?? [
    `The contract refused the transaction: ${reason}${args.length > 0 ? `(${details.args.join(", ")})` : ""}.`,
    undefined,
  ];
  const definition = codes[reason] ?? chainErrors.TRANSACTION_REVERTED;
  return new ShadowMeshError(definition, { message, action, details, cause: revert });
}

function time(seconds: unknown): string {
  return new Date(Number(seconds) * 1_000).toISOString();
}

function name(region: unknown): string {
  return hexToString(region as Hex, { size: 32 });
}
