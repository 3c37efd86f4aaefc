import { encodeFunctionData } from "viem";
import { simulateContract, writeContract } from "wagmi/actions";
import type { ContractCall } from "../contract-call";
import { TransactionOverError } from "../explain";
import type { Network } from "../network";
import { publicClientOf } from "../public-client";
import { addTransaction, type SentTransaction, untilOver } from "../transactions/list";
import { requestOf } from "./request";
import { ensureRightNetwork } from "./right-network";
import { wagmiConfigOf } from "./wagmi-config";

export type SendStage = "checking" | "signing" | "mining";

/** Sends a call: right network, simulated first so that a revert costs nothing, signed, mined. */
export async function sendCall(network: Network, call: ContractCall, enter: (stage: SendStage) => void): Promise<void> {
  enter("checking");
  await ensureRightNetwork(network);
  const config = wagmiConfigOf(network);
  const request = requestOf(config, network, call);
  await simulateContract(config, request);
  const chain = publicClientOf(network.rpcUrl);
  const afterBlock = Number(await chain.getBlockNumber({ cacheTime: 0 }));
  enter("signing");
  const hash = await writeContract(config, request);
  // At once: when the wallet has sent another in its place, nobody knows this hash any more.
  const known = await chain.getTransaction({ hash }).catch(() => null);
  addTransaction(network.chainId, {
    id: hash,
    hash,
    functionName: call.functionName,
    from: request.account,
    to: request.address,
    data: encodeFunctionData(request),
    value: String(request.value ?? 0n),
    nonce: known?.nonce ?? null,
    afterBlock,
    sentAtMs: Date.now(),
    state: "waiting",
  });
  enter("mining");
  // The tray follows it, and has the pages read anew what it changed.
  requireDone(await untilOver(network.chainId, hash));
}

function requireDone(sent: SentTransaction | undefined): void {
  if (sent === undefined || sent.state === "waiting") throw new TransactionOverError("dismissed");
  if (sent.state !== "done") throw new TransactionOverError(sent.state, sent.reason);
}
