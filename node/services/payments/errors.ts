import { defineErrors } from "../../core/errors.ts";

export const paymentsErrors = defineErrors({
  LEDGER_CORRUPT: {
    status: 500,
    summary: "The ledger of payments cannot be read.",
    action: "Move payments.sqlite away from the data folder, or restore it from a backup; relaying goes on meanwhile.",
  },
  CLIENT_UNKNOWN: {
    status: 404,
    summary: "This client has given no voucher that is still to be redeemed.",
    action: "See `shadowmesh earnings` for those who have.",
  },
  NO_CHANNEL: {
    status: 402,
    summary: "There is no open channel to this relay from which this node can pay.",
    action: "Open one with `shadowmesh channel open`, from the account that `payments.payer` names or the operator's.",
  },
  CHANNEL_EXHAUSTED: {
    status: 402,
    summary: "The channel to this relay does not hold what the relay asks for.",
    action: "Add to it with `shadowmesh channel fund`.",
  },
  PRICE_TOO_HIGH: {
    status: 402,
    summary: "The relay's price is over the contract's, or over the most that this node pays.",
    action: "Raise `payments.maxPricePerGiB` to go on through this relay; others may be cheaper.",
  },
  BILL_TOO_HIGH: {
    status: 402,
    summary: "The relay bills more bytes than passed through it by this node's own count.",
    action: "Nothing to do: what did pass was paid, and other relays are preferred for a day.",
  },
  BILL_INVALID: {
    status: 402,
    summary: "The relay's bill rests on a voucher that this node never gave.",
    action: "Nothing to do: nothing was paid, and other relays are preferred for a day.",
  },
  PAYER_UNREADY: {
    status: 503,
    summary: "This node cannot pay now: the chain is away, or its ledger cannot be written.",
    action: "Nothing to do: it pays when asked again. `shadowmesh status` shows the chain.",
  },
  VOUCHER_REFUSED: {
    status: 402,
    summary: "A client's voucher is not worth what it says.",
    action: "See `details.reason`; the client is asked again, and nothing more is relayed for it past the grace.",
  },
});
