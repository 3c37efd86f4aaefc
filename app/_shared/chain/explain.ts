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

/** A call was made while no wallet is connected. */
export class NoWalletError extends Error {}

const bad = (title: string, action: string): Explanation => ({ title, action, tone: "bad" });

/** Turns whatever a wallet, the chain or the daemon threw into two sentences. */
export function explain(error: unknown): Explanation {
  if (ShadowMeshError.is(error)) return { ...bad(error.message, error.action), code: error.code };
  if (error instanceof WrongNetworkError)
    return bad(error.message, i18n._("Switch the network in your wallet, then try again."));
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
  if (find(ResourceUnavailableRpcError)) {
    return bad(
      i18n._("Your wallet is busy with another request."),
      i18n._("Open it, unlock it if it asks, answer what is waiting, then try again."),
    );
  }
  if (find(HttpRequestError) || find(TimeoutError)) {
    return bad(
      i18n._("The chain does not answer."),
      i18n._("Check that its RPC endpoint runs and can be reached, then try again."),
    );
  }
  return bad(i18n._("The wallet or the chain refused."), error.shortMessage);
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
  if (code === 4100 || code === 4900) {
    return bad(i18n._("Your wallet is locked or disconnected."), i18n._("Unlock it, connect again, then try again."));
  }
  return bad(i18n._("Something failed that should not have."), shortMessage ?? message ?? String(error));
}
