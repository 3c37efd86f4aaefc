import { encodePacked, getContract, type Hex, keccak256, numberToHex, parseAbi, parseEther, slice } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { relayPaymentsAbi } from "../../../contracts/generated/relay-payments.ts";
import { slashingAbi } from "../../../contracts/generated/slashing.ts";
import { deployNodeNexus, regionId } from "../../../scripts/deploy/index.ts";
import { gasOf, nexusAt, owner, publicClient, viem } from "../../contracts/fixture.ts";

/** The registry and what surrounds it, as a deployment makes them; its scorer is the account that measures. */
export async function openMarket() {
  const deployment = await deployNodeNexus({ publicClient, walletClient: owner });
  const nexus = nexusAt(deployment.nodeNexus);
  await nexus.write.setScorer([owner.account.address]);
  const client = { public: publicClient, wallet: owner };
  return {
    implementation: deployment.implementation,
    nexus,
    payments: getContract({ address: deployment.relayPayments, abi: relayPaymentsAbi, client }),
    slashing: getContract({ address: deployment.slashing, abi: slashingAbi, client }),
  };
}
export type Market = Awaited<ReturnType<typeof openMarket>>;

const fillerAbi = parseAbi(["function fill(uint256 count)"]);
/** The cap on one transaction's gas (EIP-7825), and how many nodes fit under it. */
const gas = 2n ** 24n;
const nodesPerTransaction = 200;

/** Where a stand-in for the registry writes nodes by the same code that registration uses. */
export async function openFiller({ nexus, implementation }: Market) {
  const filler = await viem.deployContract("NodeNexusFiller");
  return async (count: number) => {
    await nexus.write.upgradeToAndCall([filler.address, "0x"]);
    for (let filled = 0; filled < count; filled += nodesPerTransaction) {
      const nodes = BigInt(Math.min(nodesPerTransaction, count - filled));
      // Said beforehand: to estimate it takes several times as long as to fill.
      await owner.writeContract({ address: nexus.address, abi: fillerAbi, functionName: "fill", args: [nodes], gas });
    }
    await nexus.write.upgradeToAndCall([implementation, "0x"]);
  };
}

/** The peer ID that the stand-in gave a number. */
export const filledPeerId = (id: number): Hex => slice(keccak256(numberToHex(id, { size: 32 })), 12);

/** A voucher of the payer's first channel to a node. */
export async function voucherOf(
  { payments }: Market,
  peerID: Hex,
  payer: Hex,
  session: ReturnType<typeof privateKeyToAccount>,
  cumulativeWei: bigint,
) {
  const channel = keccak256(encodePacked(["address", "bytes20", "uint32"], [payer, peerID, 1]));
  const hash = await payments.read.hashVoucher([channel, cumulativeWei]);
  const signature = await session.sign({ hash });
  const yParity = BigInt(slice(signature, 64)) - 27n;
  const vs = numberToHex(BigInt(slice(signature, 32, 64)) | (yParity << 255n), { size: 32 });
  return { payer, number: 1, cumulativeWei, r: slice(signature, 0, 32), vs };
}

/** Accounts with coins, in order to be many payers. */
export async function payers(count: number) {
  const accounts = Array.from({ length: count }, () => privateKeyToAccount(generatePrivateKey()));
  for (const { address } of accounts) await owner.sendTransaction({ to: address, value: parseEther("20") });
  return accounts;
}

/** What whole transactions cost, one after the other. */
export async function eachOf<T>(items: readonly T[], send: (item: T) => Promise<Hex>): Promise<number[]> {
  const gas: number[] = [];
  for (const item of items) gas.push(await spent(send(item)));
  return gas;
}

export const spent = async (hash: Promise<Hex>): Promise<number> => Number(await gasOf(await hash));

export const NORTH_AMERICA = regionId("north_america");
