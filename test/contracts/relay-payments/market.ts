import { type Address, encodeFunctionData, getContract, numberToHex, parseEther, parseSignature } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { relayPaymentsAbi } from "../../../contracts/generated/relay-payments.ts";
import {
  asStranger,
  deploy,
  emptyNexus,
  networkHelpers,
  owner,
  publicClient,
  registerNode,
  stranger,
} from "../fixture.ts";

export const SHM = parseEther("1");
export const NOTICE_S = 24 * 3600;

export const paymentsAt = (address: Address) =>
  getContract({ address, abi: relayPaymentsAbi, client: { public: publicClient, wallet: owner } });

async function deployPayments(nexus: Address) {
  const implementation = await deploy("RelayPayments", relayPaymentsAbi, [nexus, BigInt(NOTICE_S)]);
  const args = [owner.account.address] as const;
  const initialize = encodeFunctionData({ abi: relayPaymentsAbi, functionName: "initialize", args });
  return deploy("ERC1967Proxy", relayPaymentsAbi, [implementation.address, initialize]);
}

/** The registry, its payments, a public node, and a stranger who pays it with a session key. */
export async function market() {
  const { nexus } = await emptyNexus();
  const payments = await deployPayments(nexus.address);
  const { peerID } = await registerNode(nexus);
  const session = privateKeyToAccount(generatePrivateKey());
  await payments.write.open([peerID, session.address], { ...asStranger, value: 10n * SHM });
  return { nexus, payments, peerID, session };
}
type Market = Awaited<ReturnType<typeof market>>;

export async function voucherOf(
  { payments, peerID, session }: Pick<Market, "payments" | "peerID" | "session">,
  cumulativeWei: bigint,
  { payer = stranger.account.address, number = 1, chainId = 31337 } = {},
) {
  const channel = await payments.read.channelId([payer, peerID, number]);
  const long = await session.signTypedData({
    domain: { name: "ShadowMesh RelayPayments", version: "1", chainId, verifyingContract: payments.address },
    types: {
      Voucher: [
        { name: "channel", type: "bytes32" },
        { name: "cumulativeWei", type: "uint256" },
      ],
    },
    primaryType: "Voucher",
    message: { channel, cumulativeWei },
  });
  const { r, s, yParity } = parseSignature(long);
  const vs = numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 });
  return { payer, number, cumulativeWei, r, vs };
}

export const loadMarket = async () => {
  const loaded = await networkHelpers.loadFixture(market);
  const { payments, peerID } = loaded;
  const channel = await payments.read.channelId([stranger.account.address, peerID, 1]);
  const redeem = async (cumulativeWei: bigint) =>
    payments.write.redeem([peerID, await voucherOf(loaded, cumulativeWei)]);
  return { ...loaded, channel, redeem };
};
