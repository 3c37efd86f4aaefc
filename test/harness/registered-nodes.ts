import { randomBytes } from "node:crypto";
import { type Address, createTestClient, createWalletClient, defineChain, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { nodeTypeIndex, regionToBytes } from "../../node/core/chain/nexus.ts";
import { signRegistration } from "../../node/core/chain/registration-proof.ts";
import { computePeerId } from "../../node/core/identity/peer-id.ts";
import { regions } from "../../node/core/vocabulary.ts";

/** Transactions of one block, well below its gas. */
const atOnce = 50;

/** Registers that many nodes in all regions: one in four public, the others private; only what the contract looks at is real. */
export async function registerNodes(
  rpcUrl: string,
  nexusAddress: Address,
  operator: Address,
  count: number,
): Promise<void> {
  const chain = defineChain({
    id: 31337,
    name: "bench",
    nativeCurrency: { name: "SHM", symbol: "SHM", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, { batch: true, timeout: 120_000 });
  const test = createTestClient({ mode: "anvil", chain, transport });
  // The chain signs for its own accounts, faster than we would.
  const wallet = createWalletClient({ account: operator, chain, transport });
  await test.setBalance({ address: operator, value: parseEther("100000000") });
  await test.setAutomine(false);
  const deadline = Math.floor(Date.now() / 1_000) + 12 * 3_600;
  const domain = { chainId: 31337, nexusAddress };
  for (let from = 0; from < count; from += atOnce) {
    const size = Math.min(atOnce, count - from);
    await Promise.all(
      Array.from({ length: size }, async (_, place) => {
        const index = from + place;
        const nodeAccount = privateKeyToAccount(`0x${randomBytes(32).toString("hex")}`);
        const mlDsaKeyHash: Hex = `0x${randomBytes(32).toString("hex")}`;
        const peerId = computePeerId(nodeAccount.address, mlDsaKeyHash);
        const type = index % 4 === 0 ? "light_public" : "light_private";
        const registration = {
          peerID: peerId,
          nodeType: nodeTypeIndex(type),
          region: regionToBytes(regions[index % regions.length] ?? "europe"),
          bandwidthMbps: 10 + (index % 990),
          mlDsaKeyHash,
          nodeSignature: await signRegistration({ peerId, nodeAccount }, operator, deadline, domain),
          deadline: BigInt(deadline),
        };
        return wallet.writeContract({
          address: nexusAddress,
          abi: nodeNexusAbi,
          functionName: "register",
          args: [registration],
          value: type === "light_public" ? parseEther("100") + BigInt(index) * 10n ** 15n : 0n,
          gas: 600_000n,
        });
      }),
    );
    await test.mine({ blocks: 1 });
  }
  await test.setAutomine(true);
}
