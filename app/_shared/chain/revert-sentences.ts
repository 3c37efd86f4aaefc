import { formatDateTime, formatShm, shortHex } from "../node/format.ts";
import { decodeRegion } from "./nexus.ts";

type Sentences = [title: string, action: string];

/**
 * The custom errors of NodeNexus and RelayPayments with their arguments, as sentences: what happened, and what to do.
 * test/architecture holds it against the ABIs.
 */
export const revertSentences: Record<string, (args: readonly unknown[]) => Sentences> = {
  AddressEmptyCode: ([target]) => [
    `There is no contract at ${shortHex(target as string)}.`,
    "Check the address of the new version.",
  ],
  AlreadyRegistered: ([id]) => [
    `The peer ID ${shortHex(id as string)} is registered already.`,
    "Reload the page; if it is not yours, the ID was registered by another operator that this node signed for.",
  ],
  AlreadyUnbonding: ([, at]) => [
    "This node is leaving already.",
    `Its stake can be withdrawn from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  AmountTooLarge: ([, maximum]) => [
    "The amount is more than the contract can count.",
    `Choose at most ${formatShm(maximum as bigint)}.`,
  ],
  BackboneNotApproved: () => [
    "Governance has not approved this operator for backbone nodes.",
    "Choose Private or Public, or ask governance for approval.",
  ],
  BucketFull: () => [
    "The contract can list no more nodes of this score.",
    "Try again after the next scores, or register in another region.",
  ],
  ChannelStillOpen: () => ["You have an open channel to this node.", "Fund that one instead of opening another."],
  CommissionNotDue: ([at]) => [
    "The new commission does not begin yet.",
    `It can from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  ERC1967InvalidImplementation: ([code]) => [
    `${shortHex(code as string)} is no version of this contract.`,
    "Check the address of the new version.",
  ],
  ERC1967NonPayable: () => ["An upgrade takes no SHM.", "Send it with a value of zero."],
  EnforcedPause: () => [
    "New registrations and changes are paused.",
    "Leaving and withdrawing still work. Try again once the pause is over.",
  ],
  ExitNotAnnounced: () => [
    "Nobody announced that this channel closes.",
    "Announce the exit first, then close it after the notice.",
  ],
  ExpectedPause: () => ["The contract is not paused.", "There is nothing to unpause."],
  FailedCall: () => ["A call that this transaction makes failed.", "Check what it was to call, then try again."],
  FreezeTooLong: ([, latest]) => [
    "The stake cannot be frozen for so long.",
    `Choose a time before ${formatDateTime(Number(latest) * 1_000)}.`,
  ],
  Frozen: ([until]) => [
    "This node's stake is frozen, for somebody reported the node.",
    `It can be withdrawn from ${formatDateTime(Number(until) * 1_000)} on, if the report is not carried out.`,
  ],
  InvalidAddress: () => ["The zero address is nobody's.", "Enter another address."],
  InvalidAmount: () => [
    "A channel counts whole gwei, up to 281,474 SHM.",
    "Choose an amount of at most nine decimals.",
  ],
  InvalidBandwidth: ([mbps]) => [`A bandwidth of ${mbps} Mbit/s is not accepted.`, "Choose another one."],
  InvalidChanges: () => ["The list of scores is not made of whole entries.", "Update the backbone that made it."],
  InvalidCommission: ([, maximum]) => [
    "The commission is too high.",
    `Choose at most ${Number(maximum) / 100} %: it rises by five points at a time.`,
  ],
  InvalidEndpoint: () => [
    "The endpoint is not an http or https URL that the contract accepts.",
    "Use a plain base URL of up to 256 characters.",
  ],
  InvalidInitialization: () => ["The contract has been set up already.", "Change its parameters through governance."],
  InvalidNodeSignature: () => [
    "The node's signature is not valid.",
    "Review again: the node signs anew. If it persists, update the daemon.",
  ],
  InvalidNotice: () => ["The notice of exits must be between a second and 30 days.", "Choose another one."],
  InvalidPenalty: () => ["A penalty is at most the whole stake.", "Choose up to 10,000 basis points."],
  InvalidSessionKey: () => ["A channel needs a session key.", "Reload the page, so that a new one is made."],
  InvalidUnbondingPeriod: ([, maximum]) => [
    "The unbonding period is out of bounds.",
    `Choose between a second and ${Number(maximum) / 86_400} days.`,
  ],
  InvalidVoucher: () => ["The voucher is not signed by the channel's session key.", "Ask the payer for a new one."],
  NoChannel: () => ["There is no such open channel.", "Open one first."],
  NoCommissionAnnounced: () => ["No new commission was announced.", "Announce one first."],
  NoMinimumFor: () => ["Private nodes need no stake.", "Set a minimum for public or backbone nodes."],
  NoSuchUnbonding: () => [
    "There is nothing unbonding under this number.",
    "Reload the page: it was withdrawn or staked again.",
  ],
  NotBackbone: () => ["Only backbone nodes have an endpoint.", "Change the node's type first."],
  NotEnoughShares: () => ["You have not so much staked on this node.", "Reload the page, then enter a smaller amount."],
  NotEvictable: () => ["This node cannot be evicted.", "Only backbone nodes whose operator lost its approval can."],
  NotInitializing: () => [
    "This can be done while the contract is set up only.",
    "Change its parameters through governance.",
  ],
  NotOperator: ([, operator]) => [
    "This wallet is not the operator of the node.",
    `Connect the operator's wallet, ${shortHex(operator as string)}, then try again.`,
  ],
  NotPauser: () => ["This wallet may not pause the contract.", "Connect the pauser's or the owner's."],
  NotRegistered: () => ["This node is not registered.", "Register it first."],
  NotScorer: () => ["This wallet may not set scores.", "Hand them to the reputation contract, signed by a quorum."],
  NotSlasher: () => ["This wallet may not freeze or slash.", "Report the node to the slashing contract."],
  NotUnbonding: () => ["This node is not leaving.", "Deregister it first."],
  NothingSent: () => ["The amount is zero.", "Enter how much SHM to add."],
  NothingToRedeem: () => ["The voucher pays nothing beyond what was redeemed.", "Redeem a later one."],
  NoticeRunning: ([at]) => [
    "The notice still runs.",
    `The channel can be closed from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  OwnableInvalidOwner: () => ["This address cannot own the contract.", "Choose another one."],
  OwnableUnauthorizedAccount: () => ["This wallet does not govern the contract.", "Propose the change to governance."],
  PeerIdMismatch: () => [
    "The proof was made for another operator than this wallet.",
    "Review again with the wallet that you want to register with.",
  ],
  PoolClosed: () => ["This node is leaving: it takes no more stake.", "Stake on another one."],
  ProofExpired: () => [
    "The node's proof has run out before the registration was mined.",
    "Go back and review again: the node signs anew.",
  ],
  ProofTooLong: () => [
    "The node's proof is valid for longer than the contract allows.",
    "Check the clock of the node's machine, then review again.",
  ],
  ReentrancyGuardReentrantCall: () => [
    "The contract was called back while it paid.",
    "Withdraw to an account that does not call back.",
  ],
  RegionClosed: ([region]) => [
    `${decodeRegion(region as `0x${string}`)} takes no new nodes.`,
    "Choose another region.",
  ],
  ScoreTooHigh: () => ["A score is at most 100.", "Update the backbone that made it."],
  StakeTooLow: ([sent, minimum]) => [
    `A stake of ${formatShm(sent as bigint)} is too low.`,
    `Stake at least ${formatShm(minimum as bigint)}.`,
  ],
  StillUnbonding: ([at]) => [
    "The stake cannot be withdrawn yet.",
    `It can from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  TooFewShares: () => [
    "The price of a share rose meanwhile: the amount buys fewer than you wanted.",
    "Look at the price again, then stake again.",
  ],
  TooManyRegions: ([maximum]) => [`The contract knows ${maximum} regions already.`, "Use one of them."],
  TransferFailed: () => ["The operator's account refused the payment.", "If it is a contract, it must accept SHM."],
  UUPSUnauthorizedCallContext: () => ["Upgrades go through the proxy alone.", "Send it to the proxy's address."],
  UUPSUnsupportedProxiableUUID: () => [
    "This is no version of the contract that can be upgraded to.",
    "Check the address of the new version.",
  ],
  UnknownPool: () => ["No node ever had this number.", "Reload the page."],
  UnknownRegion: ([region]) => [
    `The contract knows no region ${decodeRegion(region as `0x${string}`)}.`,
    "Choose one from the list.",
  ],
  UnsortedChanges: () => ["The scores are not sorted by node.", "Update the backbone that made them."],
  VoucherExceedsDeposit: ([, asked, deposited]) => [
    `The voucher is for ${formatShm(asked as bigint)}, the channel holds ${formatShm(deposited as bigint)}.`,
    "Ask the payer to fund the channel, then redeem again.",
  ],
};
