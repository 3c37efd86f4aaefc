import { formatBps, formatDateTime, formatShm, shortHex } from "../node/format.ts";
import { i18n } from "../text/i18n.ts";
import { decodeRegion } from "./nexus.ts";

type Sentences = [title: string, action: string];

/**
 * The custom errors of NodeNexus and RelayPayments with their arguments, as sentences: what happened, and what to do.
 * test/architecture holds it against the ABIs.
 */
export const revertSentences: Record<string, (args: readonly unknown[]) => Sentences> = {
  AddressEmptyCode: ([target]) => [
    i18n._("There is no contract at {target}.", { target: shortHex(target as string) }),
    i18n._("Check the address of the new version."),
  ],
  AlreadyRegistered: ([id]) => [
    i18n._("The peer ID {id} is registered already.", { id: shortHex(id as string) }),
    i18n._("Reload the page; if it is not yours, the ID was registered by another operator that this node signed for."),
  ],
  AlreadyUnbonding: ([, at]) => [
    i18n._("This node is leaving already."),
    i18n._("Its stake can be withdrawn from {at} on.", { at: formatDateTime(Number(at) * 1_000) }),
  ],
  AmountTooLarge: ([, maximum]) => [
    i18n._("The amount is more than the contract can count."),
    i18n._("Choose at most {maximum}.", { maximum: formatShm(maximum as bigint) }),
  ],
  BackboneNotApproved: () => [
    i18n._("Governance has not approved this operator for backbone nodes."),
    i18n._("Choose Private or Public, or ask governance for approval."),
  ],
  BucketFull: () => [
    i18n._("The contract can list no more nodes of this score."),
    i18n._("Try again after the next scores, or register in another region."),
  ],
  ChannelStillOpen: () => [
    i18n._("You have an open channel to this node."),
    i18n._("Fund that one instead of opening another."),
  ],
  CommissionNotDue: ([at]) => [
    i18n._("The new commission does not begin yet."),
    i18n._("It can from {at} on.", { at: formatDateTime(Number(at) * 1_000) }),
  ],
  ERC1967InvalidImplementation: ([code]) => [
    i18n._("{code} is no version of this contract.", { code: shortHex(code as string) }),
    i18n._("Check the address of the new version."),
  ],
  ERC1967NonPayable: () => [i18n._("An upgrade takes no SHM."), i18n._("Send it with a value of zero.")],
  EnforcedPause: () => [
    i18n._("New registrations and changes are paused."),
    i18n._("Leaving and withdrawing still work. Try again once the pause is over."),
  ],
  ExitNotAnnounced: () => [
    i18n._("Nobody announced that this channel closes."),
    i18n._("Announce the exit first, then close it after the notice."),
  ],
  ExpectedPause: () => [i18n._("The contract is not paused."), i18n._("There is nothing to unpause.")],
  FailedCall: () => [
    i18n._("A call that this transaction makes failed."),
    i18n._("Check what it was to call, then try again."),
  ],
  FreezeTooLong: ([, latest]) => [
    i18n._("The stake cannot be frozen for so long."),
    i18n._("Choose a time before {latest}.", { latest: formatDateTime(Number(latest) * 1_000) }),
  ],
  Frozen: ([until]) => [
    i18n._("This node's stake is frozen, for somebody reported the node."),
    i18n._("It can be withdrawn from {until} on, if the report is not carried out.", {
      until: formatDateTime(Number(until) * 1_000),
    }),
  ],
  InvalidAddress: () => [i18n._("The zero address is nobody's."), i18n._("Enter another address.")],
  InvalidAmount: () => [
    i18n._("A channel counts whole gwei, up to 281,474 SHM."),
    i18n._("Choose an amount of at most nine decimals."),
  ],
  InvalidBandwidth: ([mbps]) => [
    i18n._("A bandwidth of {mbps} Mbit/s is not accepted.", { mbps }),
    i18n._("Choose another one."),
  ],
  InvalidChanges: () => [
    i18n._("The list of scores is not made of whole entries."),
    i18n._("Update the backbone that made it."),
  ],
  InvalidCommission: ([, maximum]) => [
    i18n._("The commission is too high."),
    i18n._("Choose at most {maximum}: it rises by five points at a time.", {
      maximum: formatBps(Number(maximum)),
    }),
  ],
  InvalidEndpoint: () => [
    i18n._("The endpoint is not an http or https URL that the contract accepts."),
    i18n._("Use a plain base URL of up to 256 characters."),
  ],
  InvalidInitialization: () => [
    i18n._("The contract has been set up already."),
    i18n._("Change its parameters through governance."),
  ],
  InvalidNodeSignature: () => [
    i18n._("The node's signature is not valid."),
    i18n._("Review again: the node signs anew. If it persists, update the daemon."),
  ],
  InvalidNotice: () => [
    i18n._("The notice of exits must be between a second and 30 days."),
    i18n._("Choose another one."),
  ],
  InvalidPenalty: () => [i18n._("A penalty is at most the whole stake."), i18n._("Choose up to 10,000 basis points.")],
  InvalidSessionKey: () => [
    i18n._("A channel needs a session key."),
    i18n._("Reload the page, so that a new one is made."),
  ],
  InvalidUnbondingPeriod: ([, maximum]) => [
    i18n._("The unbonding period is out of bounds."),
    i18n._("Choose between a second and {maximum} days.", { maximum: Number(maximum) / 86_400 }),
  ],
  InvalidVoucher: () => [
    i18n._("The voucher is not signed by the channel's session key."),
    i18n._("Ask the payer for a new one."),
  ],
  NoChannel: () => [i18n._("There is no such open channel."), i18n._("Open one first.")],
  NoCommissionAnnounced: () => [i18n._("No new commission was announced."), i18n._("Announce one first.")],
  NoMinimumFor: () => [i18n._("Private nodes need no stake."), i18n._("Set a minimum for public or backbone nodes.")],
  NoSuchUnbonding: () => [
    i18n._("There is nothing unbonding under this number."),
    i18n._("Reload the page: it was withdrawn or staked again."),
  ],
  NotBackbone: () => [i18n._("Only backbone nodes have an endpoint."), i18n._("Change the node's type first.")],
  NotEnoughShares: () => [
    i18n._("You have not so much staked on this node."),
    i18n._("Reload the page, then enter a smaller amount."),
  ],
  NotEvictable: () => [
    i18n._("This node cannot be evicted."),
    i18n._("Only backbone nodes whose operator lost its approval can."),
  ],
  NotInitializing: () => [
    i18n._("This can be done while the contract is set up only."),
    i18n._("Change its parameters through governance."),
  ],
  NotOperator: ([, operator]) => [
    i18n._("This wallet is not the operator of the node."),
    i18n._("Connect the operator's wallet, {operator}, then try again.", { operator: shortHex(operator as string) }),
  ],
  NotPauser: () => [i18n._("This wallet may not pause the contract."), i18n._("Connect the pauser's or the owner's.")],
  NotRegistered: () => [i18n._("This node is not registered."), i18n._("Register it first.")],
  NotScorer: () => [
    i18n._("This wallet may not set scores."),
    i18n._("Hand them to the reputation contract, signed by a quorum."),
  ],
  NotSlasher: () => [
    i18n._("This wallet may not freeze or slash."),
    i18n._("Report the node to the slashing contract."),
  ],
  NotUnbonding: () => [i18n._("This node is not leaving."), i18n._("Deregister it first.")],
  NothingSent: () => [i18n._("The amount is zero."), i18n._("Enter how much SHM to add.")],
  NothingToRedeem: () => [i18n._("The voucher pays nothing beyond what was redeemed."), i18n._("Redeem a later one.")],
  NoticeRunning: ([at]) => [
    i18n._("The notice still runs."),
    i18n._("The channel can be closed from {at} on.", { at: formatDateTime(Number(at) * 1_000) }),
  ],
  OwnableInvalidOwner: () => [i18n._("This address cannot own the contract."), i18n._("Choose another one.")],
  OwnableUnauthorizedAccount: () => [
    i18n._("This wallet does not govern the contract."),
    i18n._("Propose the change to governance."),
  ],
  PeerIdMismatch: () => [
    i18n._("The proof was made for another operator than this wallet."),
    i18n._("Review again with the wallet that you want to register with."),
  ],
  PoolClosed: () => [i18n._("This node is leaving: it takes no more stake."), i18n._("Stake on another one.")],
  ProofExpired: () => [
    i18n._("The node's proof has run out before the registration was mined."),
    i18n._("Go back and review again: the node signs anew."),
  ],
  ProofTooLong: () => [
    i18n._("The node's proof is valid for longer than the contract allows."),
    i18n._("Check the clock of the node's machine, then review again."),
  ],
  ReentrancyGuardReentrantCall: () => [
    i18n._("The contract was called back while it paid."),
    i18n._("Withdraw to an account that does not call back."),
  ],
  RegionClosed: ([region]) => [
    i18n._("{region} takes no new nodes.", { region: decodeRegion(region as `0x${string}`) }),
    i18n._("Choose another region."),
  ],
  ScoreTooHigh: () => [i18n._("A score is at most 100."), i18n._("Update the backbone that made it.")],
  StakeTooLow: ([sent, minimum]) => [
    i18n._("A stake of {sent} is too low.", { sent: formatShm(sent as bigint) }),
    i18n._("Stake at least {minimum}.", { minimum: formatShm(minimum as bigint) }),
  ],
  StillUnbonding: ([at]) => [
    i18n._("The stake cannot be withdrawn yet."),
    i18n._("It can from {at} on.", { at: formatDateTime(Number(at) * 1_000) }),
  ],
  TooFewShares: () => [
    i18n._("The price of a share rose meanwhile: the amount buys fewer than you wanted."),
    i18n._("Look at the price again, then stake again."),
  ],
  TooManyRegions: ([maximum]) => [
    i18n._("The contract knows {maximum} regions already.", { maximum }),
    i18n._("Use one of them."),
  ],
  TransferFailed: () => [
    i18n._("The operator's account refused the payment."),
    i18n._("If it is a contract, it must accept SHM."),
  ],
  UUPSUnauthorizedCallContext: () => [
    i18n._("Upgrades go through the proxy alone."),
    i18n._("Send it to the proxy's address."),
  ],
  UUPSUnsupportedProxiableUUID: () => [
    i18n._("This is no version of the contract that can be upgraded to."),
    i18n._("Check the address of the new version."),
  ],
  UnknownPool: () => [i18n._("No node ever had this number."), i18n._("Reload the page.")],
  UnknownRegion: ([region]) => [
    i18n._("The contract knows no region {region}.", { region: decodeRegion(region as `0x${string}`) }),
    i18n._("Choose one from the list."),
  ],
  UnsortedChanges: () => [i18n._("The scores are not sorted by node."), i18n._("Update the backbone that made them.")],
  VoucherExceedsDeposit: ([, asked, deposited]) => [
    i18n._("The voucher is for {asked}, the channel holds {deposited}.", {
      asked: formatShm(asked as bigint),
      deposited: formatShm(deposited as bigint),
    }),
    i18n._("Ask the payer to fund the channel, then redeem again."),
  ],
};
