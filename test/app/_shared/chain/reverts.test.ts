import { expect } from "chai";
import { ContractFunctionRevertedError, encodeErrorResult, parseAbi, parseEther } from "viem";
import { encodeRegion, nodeNexusAbi } from "../../../../app/_shared/chain/nexus.ts";
import { explainRevert } from "../../../../app/_shared/chain/reverts.ts";
import { formatDateTime } from "../../../../app/_shared/node/format.ts";

const peerId = `0x${"ab".repeat(20)}` as const;
const operator = `0x${"cd".repeat(20)}` as const;

/** As viem makes it of what the contract returned. */
function reverted(errorName: string, args: readonly unknown[] = []): ContractFunctionRevertedError {
  const data = encodeErrorResult({ abi: nodeNexusAbi, errorName, args } as never);
  return new ContractFunctionRevertedError({ abi: nodeNexusAbi, data, functionName: "register" });
}

describe("app/reverts", () => {
  it("says what a stake lacks, in SHM", () => {
    const { title, action } = explainRevert(reverted("StakeTooLow", [parseEther("5"), parseEther("100")]));
    expect(title).to.equal("A stake of 5 SHM is too low.");
    expect(action).to.equal("Stake at least 100 SHM.");
  });

  it("names the wallet that may do it", () => {
    expect(explainRevert(reverted("NotOperator", [peerId, operator])).action).to.match(/0xcdcdcd…cdcd/i);
  });

  it("names regions by their words", () => {
    expect(explainRevert(reverted("RegionClosed", [encodeRegion("europe")])).title).to.equal(
      "europe takes no new nodes.",
    );
  });

  it("says from when on a stake can be withdrawn", () => {
    const at = 1_800_000_000;
    expect(explainRevert(reverted("StillUnbonding", [BigInt(at)])).action).to.contain(formatDateTime(at * 1_000));
  });

  it("shows an error that it has no sentence for by its name and arguments", () => {
    const abi = parseAbi(["error NewInALaterVersion(uint256 sum, address who)"]);
    const data = encodeErrorResult({ abi, errorName: "NewInALaterVersion", args: [7n, operator] });
    const { title, action } = explainRevert(new ContractFunctionRevertedError({ abi, data, functionName: "register" }));
    expect(title).to.equal("The contract refused the transaction.");
    expect(action).to.match(/NewInALaterVersion\(7, 0x(cd){20}\)/i);
  });
});
