import { upgrades } from "@openzeppelin/hardhat-upgrades/viem";
import { expect } from "chai";
import hardhat from "hardhat";
import { relayPaymentsAbi } from "../../../contracts/generated/relay-payments.ts";
import { asStranger, assertions, connection, deploy, owner } from "../fixture.ts";
import { loadMarket } from "./market.ts";

const api = await upgrades(hardhat, connection);

describe("RelayPayments and its owner", () => {
  it("says the price of the registry, and what a session key signs", async () => {
    const { nexus, payments, channel } = await loadMarket();
    expect(await payments.read.pricePerGiB()).to.equal(await nexus.read.relayPricePerGiB());
    expect(await payments.read.hashVoucher([channel, 1n])).to.not.equal(await payments.read.hashVoucher([channel, 2n]));
  });

  it("keeps storage over upgrades, which are the owner's alone, and knows no other power of the owner", async () => {
    const { nexus, payments } = await loadMarket();
    const uups = { kind: "uups", constructorArgs: [nexus.address, 1n] } as const;
    await api.validateUpgrade("RelayPayments", "RelayPayments", uups);
    const failure = await api.validateUpgrade("RelayPayments", "RelayPaymentsBadLayout", uups).catch(String);
    expect(failure).to.include("Upgraded `accounts` to an incompatible type");
    const next = await deploy("RelayPayments", relayPaymentsAbi, [nexus.address, 60n]);
    await assertions.revertWithCustomError(
      payments.write.upgradeToAndCall([next.address, "0x"], asStranger),
      payments,
      "OwnableUnauthorizedAccount",
    );
    await payments.write.upgradeToAndCall([next.address, "0x"]);
    expect(await payments.read.exitNotice()).to.equal(60n);
    await assertions.revertWithCustomError(
      payments.write.initialize([owner.account.address]),
      payments,
      "InvalidInitialization",
    );
    for (const notice of [0n, 31n * 24n * 3600n]) {
      const refused = deploy("RelayPayments", relayPaymentsAbi, [nexus.address, notice]);
      expect(await refused.catch(String)).to.include("InvalidNotice");
    }
    const { abi } = payments;
    const writes = abi.flatMap((item) =>
      item.type === "function" && !/view|pure/.test(item.stateMutability) ? item.name : [],
    );
    expect(writes).to.have.members([
      ...["open", "fund", "announceExit", "close", "redeem", "redeemSigned", "redeemMany"],
      ...["initialize", "upgradeToAndCall", "transferOwnership", "acceptOwnership", "renounceOwnership"],
    ]);
  });
});
