import {
  BaseError,
  ChainMismatchError,
  ContractFunctionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  ResourceUnavailableRpcError,
  SwitchChainError,
  TimeoutError,
  UserRejectedRequestError,
} from "viem";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { i18n } from "../text/i18n.ts";
import { explainRevert } from "./reverts.ts";

/** What happened, and what to do next. */
export interface Explanation {
  title: string;
  action: string;
  /** Rejecting is a choice, not a failure. */
  tone: "bad" | "warn";
  /** What the daemon or the contract calls it, to search for. */
  code?: string;
}

/** The wallet was asked to change networks and did not. */
export class WrongNetworkError extends Error {}

/** A transaction was signed, and did not do what it was to do. */
export class TransactionOverError extends Error {
  readonly outcome: "reverted" | "cancelled" | "replaced" | "dismissed";
  /** Why the contract refused it. */
  readonly reason: string | undefined;

  constructor(outcome: TransactionOverError["outcome"], reason?: string) {
    super(`the transaction was ${outcome}`);
    this.outcome = outcome;
    this.reason = reason;
  }
}

/** A call was made while no wallet is connected. */
export class NoWalletError extends Error {}

const bad = (title: string, action: string): Explanation => ({ title, action, tone: "bad" });

/** Turns whatever a wallet, the chain or the daemon threw into two sentences. */
export function explain(error: unknown): Explanation {
  if (ShadowMeshError.is(error)) return { ...bad(error.message, error.action), code: error.code };
  if (error instanceof WrongNetworkError)
    return bad(error.message, i18n._("Switch the network in your wallet, then try again."));
  if (error instanceof TransactionOverError) return explainOutcome(error);
  if (!(error instanceof BaseError)) return explainForeign(error);

  const find = <T>(type: abstract new (...args: never[]) => T) =>
    error.walk((cause) => cause instanceof type) as T | null;
  if (find(UserRejectedRequestError)) {
    return {
      title: i18n._("You rejected the request in your wallet."),
      action: i18n._("Nothing was sent. Try again whenever you like."),
      tone: "warn",
    };
  }
  const reverted = find(ContractFunctionRevertedError);
  if (reverted) return { ...explainRevert(reverted), tone: "bad", code: reverted.data?.errorName };
  if (find(InsufficientFundsError) || /insufficient funds/i.test(error.message)) {
    return bad(
      i18n._("This account does not hold enough SHM for stake and gas."),
      i18n._("Send SHM to it or lower the stake, then try again."),
    );
  }
  if (find(ChainMismatchError) || find(SwitchChainError)) {
    return bad(i18n._("Your wallet is on another network."), i18n._("Press “Switch network”, then try again."));
  }
  if (find(ResourceUnavailableRpcError)) return busy();
  if (find(HttpRequestError) || find(TimeoutError)) {
    return bad(
      i18n._("The chain does not answer."),
      i18n._("Check that its RPC endpoint runs and can be reached, then try again."),
    );
  }
  return bad(i18n._("The wallet or the chain refused."), error.shortMessage);
}

/** One that waits to be unlocked says so, too. */
const busy = () =>
  bad(
    i18n._("Your wallet is busy with another request."),
    i18n._("Open it, unlock it if it asks, answer what is waiting, then try again."),
  );

function explainOutcome({ outcome, reason }: TransactionOverError): Explanation {
  if (outcome === "reverted") {
    return bad(
      reason ?? i18n._("The contract refused the transaction."),
      i18n._("It was mined, but the contract refused it. Only gas was spent."),
    );
  }
  const titles = {
    cancelled: i18n._("You cancelled the transaction in your wallet."),
    replaced: i18n._("Your wallet sent another transaction in the place of this one."),
    dismissed: i18n._("This page follows the transaction no more."),
  };
  const action =
    outcome === "dismissed"
      ? i18n._("Look in your wallet what became of it, then reload the page.")
      : i18n._("Nothing was changed. Try again whenever you like.");
  return { title: titles[outcome], action, tone: "warn" };
}

/** Errors that are not viem's: wagmi's own, known by name so that no wallet code is loaded here, or raw ones. */
function explainForeign(error: unknown): Explanation {
  if (error instanceof NoWalletError || (error instanceof Error && error.name.startsWith("Connector"))) {
    return bad(i18n._("No wallet is connected."), i18n._("Unlock your wallet and connect it, then try again."));
  }
  const { code, message, shortMessage } = (error ?? {}) as { code?: number; message?: string; shortMessage?: string };
  if (code === 4001) {
    return {
      title: i18n._("You rejected the request in your wallet."),
      action: i18n._("Nothing was sent."),
      tone: "warn",
    };
  }
  if (code === -32002) return busy();
  if (code === 4100 || code === 4900) {
    return bad(i18n._("Your wallet is locked or disconnected."), i18n._("Unlock it, connect again, then try again."));
  }
  return bad(i18n._("Something failed that should not have."), shortMessage ?? message ?? String(error));
}
