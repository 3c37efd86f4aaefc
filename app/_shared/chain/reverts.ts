import type { ContractFunctionRevertedError } from "viem";
import { i18n } from "../text/i18n.ts";
import { revertSentences } from "./revert-sentences.ts";

export function explainRevert(error: ContractFunctionRevertedError): { title: string; action: string } {
  const name = error.data?.errorName;
  const known = name ? revertSentences[name] : undefined;
  if (known) {
    const [title, action] = known(error.data?.args ?? []);
    return { title, action };
  }
  const reason = name ? `${name}(${(error.data?.args ?? []).join(", ")})` : (error.reason ?? error.shortMessage);
  return {
    title: i18n._("The contract refused the transaction."),
    action: i18n._("Its reason: {reason}. Nothing was sent.", { reason }),
  };
}
