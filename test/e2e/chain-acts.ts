import {
  createPublicClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  type PublicClient,
  parseEther,
  parseGwei,
} from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { accounts, type Network } from "../../scripts/network/index.ts";
import { eventually } from "./mesh.ts";

/** What others than the page do on the chain meanwhile: the owner's wallet, governance, and who mines. */
export interface ChainActs {
  readonly client: PublicClient;
  rpc(method: string, params?: unknown[]): Promise<unknown>;
  /** What a wallet sends to speed one up, or in its place: the same nonce and a higher fee. */
  outbid(what: "the same" | "nothing" | "something else"): Promise<Hash>;
  /** By governance, with a fee that no wallet outbids. */
  govern(functionName: "pause" | "unpause"): Promise<void>;
  /** By an account that has nothing else to do with the node. */
  stake(peerId: Hex, shm: string): Promise<void>;
}

/** @param ownerIndex which of the chain's accounts the page's wallet signs for */
export function createChainActs(network: Network, ownerIndex: number): ChainActs {
  const transport = http(network.chain.rpcUrl);
  const client = createPublicClient({ transport });
  const owner = network.chain.account(ownerIndex);
  const rpc = (method: string, params: unknown[] = []) => client.request({ method, params } as never);
  const isOwner = (address: string) => address.toLowerCase() === owner.address.toLowerCase();

  /** The newest transaction of the owner that no block has; the chain knows it once the page has its hash. */
  const waitingTransaction = async () => {
    const pool = await eventually(
      "the transaction waits",
      () => rpc("txpool_content") as Promise<{ pending: Record<string, Record<string, { hash: Hash }>> }>,
      ({ pending }) => Object.keys(pending).some(isOwner),
    );
    const own = Object.entries(pool.pending).find(([from]) => isOwner(from));
    const [{ hash } = { hash: "0x" as Hash }] = Object.values(own?.[1] ?? {});
    return client.getTransaction({ hash });
  };

  return {
    client,
    rpc,
    async outbid(what) {
      const { nonce, to, input, value, gas } = await waitingTransaction();
      const wallet = createWalletClient({ account: owner, transport });
      const calls = {
        "the same": { to, data: input, value, gas },
        nothing: { to: owner.address, value: 0n },
        "something else": { to: network.chain.account(accounts.governance).address, value: 1n },
      };
      const fee = parseGwei("50");
      return wallet.sendTransaction({
        ...calls[what],
        nonce,
        chain: null,
        maxFeePerGas: fee * 2n,
        maxPriorityFeePerGas: fee,
      });
    },
    async govern(functionName) {
      const governance = createWalletClient({ account: network.chain.account(accounts.governance), transport });
      const nexus = { address: network.nexusAddress, abi: nodeNexusAbi, chain: null } as const;
      const fee = parseGwei("90");
      await governance.writeContract({ ...nexus, functionName, maxFeePerGas: fee * 2n, maxPriorityFeePerGas: fee });
    },
    async stake(peerId, shm) {
      const staker = createWalletClient({ account: network.chain.account(accounts.governance), transport });
      const nexus = { address: network.nexusAddress, abi: nodeNexusAbi, chain: null } as const;
      const args = [peerId, 0n] as const;
      const hash = await staker.writeContract({ ...nexus, functionName: "stake", args, value: parseEther(shm) });
      await client.waitForTransactionReceipt({ hash });
    },
  };
}
