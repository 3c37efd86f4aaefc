import { expect } from "chai";
import {
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  HttpRequestError,
  InsufficientFundsError,
  parseEther,
  ResourceUnavailableRpcError,
  SwitchChainError,
  TransactionExecutionError,
  UserRejectedRequestError,
} from "viem";
import {
  explain,
  NoWalletError,
  TransactionOverError,
  WrongNetworkError,
} from "../../../../app/_shared/chain/explain.ts";
import { nodeNexusAbi } from "../../../../app/_shared/chain/nexus.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { storeErrors } from "../../../../node/core/store/errors.ts";

const call = { abi: nodeNexusAbi, functionName: "withdraw", args: [`0x${"ab".repeat(20)}`] } as const;

/** As a call of the contract throws it: the cause stands a few layers deep. */
const wrapped = (cause: ConstructorParameters<typeof TransactionExecutionError>[0]) =>
  new ContractFunctionExecutionError(new TransactionExecutionError(cause, { account: null }), call);

describe("app/explain", () => {
  it("tells a transaction that the contract refused in its block from one that its sender took back", () => {
    const refused = explain(new TransactionOverError("reverted", "The stake is frozen."));
    expect(refused).to.include({ title: "The stake is frozen.", tone: "bad" });
    expect(refused.action).to.include("Only gas was spent");
    for (const outcome of ["cancelled", "replaced", "dismissed"] as const) {
      expect(explain(new TransactionOverError(outcome)), outcome).to.include({ tone: "warn" });
    }
    expect(explain(new TransactionOverError("cancelled")).action).to.include("Nothing was changed");
  });

  it("takes a rejected signature for a choice, not for a failure", () => {
    const rejected = explain(wrapped(new UserRejectedRequestError(new Error("no"))));
    expect(rejected).to.include({ title: "You rejected the request in your wallet.", tone: "warn" });
    expect(explain({ code: 4001, message: "User denied" })).to.include({ title: rejected.title, tone: "warn" });
  });

  it("finds the contract's own reason under viem's layers", () => {
    const args = [parseEther("5"), parseEther("100")] as const;
    const data = encodeErrorResult({ abi: nodeNexusAbi, errorName: "StakeTooLow", args });
    const cause = new ContractFunctionRevertedError({ ...call, data });
    expect(explain(new ContractFunctionExecutionError(cause, call))).to.include({
      title: "A stake of 5 SHM is too low.",
      action: "Stake at least 100 SHM.",
      tone: "bad",
      code: "StakeTooLow",
    });
  });

  it("tells an empty account, a wrong network, a busy wallet and a silent chain apart", () => {
    const title = (error: unknown) => explain(error).title;
    expect(title(wrapped(new InsufficientFundsError()))).to.match(/does not hold enough SHM/);
    expect(title(new SwitchChainError(new Error("refused")))).to.equal("Your wallet is on another network.");
    expect(title(new ResourceUnavailableRpcError(new Error("pending")))).to.match(/busy with another request/);
    expect(title(new HttpRequestError({ url: "http://127.0.0.1:1" }))).to.equal("The chain does not answer.");
  });

  it("says what the daemon says, with its next step", () => {
    const { summary, action } = storeErrors.DISK_FULL;
    const shown = explain(new ShadowMeshError(storeErrors.DISK_FULL));
    expect(shown).to.deep.equal({ title: summary, action, tone: "bad", code: "DISK_FULL" });
  });

  it("knows the errors of wagmi and of raw wallets by name and number", () => {
    const ofWagmi = Object.assign(new Error("gone"), { name: "ConnectorNotConnectedError" });
    for (const error of [ofWagmi, new NoWalletError()])
      expect(explain(error).title).to.equal("No wallet is connected.");
    for (const code of [4100, 4900]) expect(explain({ code }).title).to.match(/locked or disconnected/);
    expect(explain({ code: -32002, message: "Request already pending." }).title).to.include("busy");
    expect(explain(new WrongNetworkError("Your wallet stayed on chain 1."))).to.include({
      title: "Your wallet stayed on chain 1.",
      tone: "bad",
    });
  });

  it("passes on the words of an error that it does not know", () => {
    expect(explain(new Error("out of cheese")).action).to.equal("out of cheese");
    expect(explain("just text").action).to.equal("just text");
    expect(explain(undefined).action).to.equal("undefined");
  });
});
