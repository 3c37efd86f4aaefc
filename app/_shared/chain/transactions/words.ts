import { i18n } from "../../text/i18n";
import type { Tone } from "../../ui/badge";
import type { SentTransaction, TransactionState } from "./list";

const names: Record<SentTransaction["functionName"], string> = {
  register: /*i18n*/ "Register node",
  update: /*i18n*/ "Change the offer",
  topUp: /*i18n*/ "Add to the node's stake",
  deregister: /*i18n*/ "Deregister node",
  withdraw: /*i18n*/ "Withdraw the node's stake",
  claim: /*i18n*/ "Claim commission",
  setCommission: /*i18n*/ "Change the commission",
  executeCommission: /*i18n*/ "Begin the commission announced",
  stake: /*i18n*/ "Stake on a node",
  unstake: /*i18n*/ "Unstake",
  rebond: /*i18n*/ "Stake again",
  withdrawUnstaked: /*i18n*/ "Withdraw what was unstaked",
  redeemMany: /*i18n*/ "Redeem vouchers",
};
export const transactionName = (functionName: SentTransaction["functionName"]) => i18n._(names[functionName]);

/** In English; translated where they are shown. */
export const states: Record<TransactionState, { tone: Tone; word: string; sentence: string | null }> = {
  waiting: { tone: "accent", word: /*i18n*/ "Waiting", sentence: null },
  done: { tone: "ok", word: /*i18n*/ "Done", sentence: null },
  reverted: {
    tone: "bad",
    word: /*i18n*/ "Refused",
    sentence: /*i18n*/ "It was mined, but the contract refused it. Only gas was spent.",
  },
  cancelled: {
    tone: "warn",
    word: /*i18n*/ "Cancelled",
    sentence: /*i18n*/ "It was cancelled in the wallet. Nothing was changed.",
  },
  replaced: {
    tone: "warn",
    word: /*i18n*/ "Replaced",
    sentence: /*i18n*/ "The wallet sent another transaction in its place. Nothing of this one happened.",
  },
};
