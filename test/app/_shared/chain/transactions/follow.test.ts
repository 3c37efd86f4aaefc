import { expect } from "chai";
import { type Address, createWalletClient, encodeFunctionData, type Hash, http, parseEther, parseGwei } from "viem";
import { nodeNexusAbi } from "../../../../../app/_shared/chain/nexus.ts";
import { publicClientOf } from "../../../../../app/_shared/chain/public-client.ts";
import { lookAt } from "../../../../../app/_shared/chain/transactions/follow.ts";
import type { SentTransaction } from "../../../../../app/_shared/chain/transactions/list.ts";
import { account, startTestChain } from "../../../../harness/anvil.ts";

describe("app/chain/transactions", function () {
  this.timeout(120_000);
  const anvil = startTestChain();
  let nexus: Address;
  const user = account(3);
  const data = encodeFunctionData({ abi: nodeNexusAbi, functionName: "claim", args: [`0x${"11".repeat(20)}`] });

  before(async () => {
    nexus = await anvil().deploy();
    await anvil().rpc("evm_setAutomine", [false]);
  });

  const chain = () => publicClientOf(anvil().rpcUrl);
  const mine = () => anvil().rpc("evm_mine");

  /** From the user's account, with a fee that stands for how often the wallet raised it. */
  async function send(call: { to: Address; data?: Hash; value?: bigint; nonce: number }, raised = 0): Promise<Hash> {
    const wallet = createWalletClient({ account: user, transport: http(anvil().rpcUrl) });
    const fee = parseGwei(String(10 * (raised + 1)));
    return wallet.sendTransaction({
      ...call,
      chain: null,
      gas: 500_000n,
      maxFeePerGas: fee * 2n,
      maxPriorityFeePerGas: fee,
    });
  }

  async function sent(call: { to: Address; data?: Hash; value?: bigint }, part: Partial<SentTransaction> = {}) {
    const nonce = await chain().getTransactionCount({ address: user.address });
    const afterBlock = Number(await chain().getBlockNumber({ cacheTime: 0 }));
    const hash = await send({ ...call, nonce });
    const followed: SentTransaction = {
      id: hash,
      hash,
      functionName: "claim",
      from: user.address,
      to: call.to,
      data: call.data ?? "0x",
      value: String(call.value ?? 0n),
      nonce,
      afterBlock,
      sentAtMs: 0,
      state: "waiting",
      ...part,
    };
    return { followed, nonce };
  }

  const gift = () => ({ to: account(4).address, value: parseEther("1") });

  it("has no news of one that waits, learns its nonce, and sees it done once it is mined", async () => {
    const { followed, nonce } = await sent(gift(), { nonce: null });
    expect(await lookAt(chain(), followed)).to.deep.equal({ nonce });
    expect(await lookAt(chain(), { ...followed, nonce })).to.equal(null);
    await mine();
    expect(await lookAt(chain(), { ...followed, nonce })).to.deep.equal({ state: "done" });
  });

  it("follows one that was sped up, also where it looks many blocks later", async () => {
    const { followed, nonce } = await sent(gift());
    const faster = await send({ ...gift(), nonce }, 1);
    await mine();
    for (let block = 0; block < 40; block++) await mine();
    expect(await lookAt(chain(), followed)).to.deep.equal({ hash: faster });
    expect(await lookAt(chain(), { ...followed, hash: faster })).to.deep.equal({ state: "done" });
  });

  it("tells one that was cancelled from one that another took the place of", async () => {
    const first = await sent(gift());
    const cancelled = await send({ to: user.address, value: 0n, nonce: first.nonce }, 1);
    await mine();
    expect(await lookAt(chain(), first.followed)).to.deep.equal({ hash: cancelled, state: "cancelled" });
    const second = await sent(gift());
    const other = await send({ to: account(5).address, value: 7n, nonce: second.nonce }, 1);
    await mine();
    expect(await lookAt(chain(), second.followed)).to.deep.equal({ hash: other, state: "replaced" });
  });

  it("gives the contract's reason for one that it refused", async () => {
    const { followed } = await sent({ to: nexus, data });
    await mine();
    const news = await lookAt(chain(), followed);
    expect(news?.state).to.equal("reverted");
    expect(news?.reason).to.match(/0x111111…1111|registered/);
  });
});
