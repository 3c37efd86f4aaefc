import type { ContractFunctionRevertedError } from "viem";
import { formatDateTime, formatShm, shortHex } from "../node/format";
import { decodeRegion } from "./nexus";

type Sentences = [title: string, action: string];

/** The custom errors of NodeNexus that an operator can meet, with their arguments, as sentences. */
const sentences: Record<string, (args: readonly unknown[]) => Sentences> = {
  AlreadyRegistered: ([id]) => [
    `The peer ID ${shortHex(id as string)} is registered already.`,
    "Reload the page; if it is not yours, the ID was registered by another operator that this node signed for.",
  ],
  AlreadyUnbonding: ([, at]) => [
    "This node is leaving already.",
    `Its stake can be withdrawn from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  BackboneNotApproved: () => [
    "Governance has not approved this operator for backbone nodes.",
    "Choose Private or Public, or ask governance for approval.",
  ],
  EnforcedPause: () => [
    "New registrations and changes are paused.",
    "Leaving and withdrawing still work. Try again once the pause is over.",
  ],
  InvalidBandwidth: ([mbps]) => [`A bandwidth of ${mbps} Mbit/s is not accepted.`, "Choose another one."],
  InvalidNodeSignature: () => [
    "The node's signature is not valid.",
    "Review again: the node signs anew. If it persists, update the daemon.",
  ],
  NotOperator: ([, operator]) => [
    "This wallet is not the operator of the node.",
    `Connect the operator's wallet, ${shortHex(operator as string)}, then try again.`,
  ],
  NotRegistered: () => ["This node is not registered.", "Register it first."],
  NotUnbonding: () => ["This node is not leaving.", "Deregister it first."],
  NothingSent: () => ["The amount is zero.", "Enter how much SHM to add."],
  PeerIdMismatch: () => [
    "The proof was made for another operator than this wallet.",
    "Review again with the wallet that you want to register with.",
  ],
  ProofExpired: () => [
    "The node's proof has run out before the registration was mined.",
    "Go back and review again: the node signs anew.",
  ],
  ProofTooLong: () => [
    "The node's proof is valid for longer than the contract allows.",
    "Check the clock of the node's machine, then review again.",
  ],
  RegionClosed: ([region]) => [
    `${decodeRegion(region as `0x${string}`)} takes no new nodes.`,
    "Choose another region.",
  ],
  StakeTooLow: ([sent, minimum]) => [
    `A stake of ${formatShm(sent as bigint)} is too low.`,
    `Stake at least ${formatShm(minimum as bigint)}.`,
  ],
  StillUnbonding: ([at]) => [
    "The stake cannot be withdrawn yet.",
    `It can from ${formatDateTime(Number(at) * 1_000)} on.`,
  ],
  TransferFailed: () => ["The operator's account refused the payment.", "If it is a contract, it must accept SHM."],
  UnknownRegion: ([region]) => [
    `The contract knows no region ${decodeRegion(region as `0x${string}`)}.`,
    "Choose one from the list.",
  ],
};

export function explainRevert(error: ContractFunctionRevertedError): { title: string; action: string } {
  const name = error.data?.errorName;
  const known = name ? sentences[name] : undefined;
  if (known) {
    const [title, action] = known(error.data?.args ?? []);
    return { title, action };
  }
  const reason = name ? `${name}(${(error.data?.args ?? []).join(", ")})` : (error.reason ?? error.shortMessage);
  return { title: "The contract refused the transaction.", action: `Its reason: ${reason}. Nothing was sent.` };
}
