import { expect } from "chai";
import { pino } from "pino";
import type { Hex } from "viem";
import { createClient } from "../../node/api/client.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { createChain, registerNode } from "../../node/core/chain/index.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { connect } from "../../scripts/deploy/index.ts";
import { accounts, type Network, type RunningNode, untilFound } from "../../scripts/network/index.ts";
import { until } from "../harness/until.ts";
import {
  backboneUrls,
  chainAwayMs,
  expectPing,
  expectReached,
  faultMesh,
  mendMs,
  ofType,
  readChainState,
  untilWell,
  writeChainState,
} from "./fixture.ts";
import { signIn } from "./sign-in.ts";

describe("faults: chain", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();

  it("while the chain is away everybody is found and reached; it is rejoined by itself, also with another history", async function () {
    const network = mesh();
    // `hardhat node` forgets the contract.
    if (!network.chain.keepsState) this.skip();
    const names = network.members.map(({ name }) => name);
    const chainStates = () => Promise.all(names.map(async (name) => (await network.node(name).status()).chain.state));
    const urls = await backboneUrls(network);
    const late = await network.addNode("late");
    const areListed = async (listed: boolean) => {
      const registrations = () => Promise.all(urls.map((url) => registrationAt(url, late.peerId)));
      await until(registrations, (all) => all.every((registration) => (registration !== null) === listed), mendMs);
    };
    await network.stopChain();
    const earlier = await readChainState();
    await network.startChain();
    await until(chainStates, (states) => states.every((state) => state === "connected"), mendMs);
    await register(network, late);
    await areListed(true);

    await network.stopChain();
    const awayUntilMs = Date.now() + chainAwayMs;
    try {
      await until(chainStates, (states) => states.every((state) => state === "unreachable"), mendMs);
      do await expectReached(network, ofType(network, "light_public", "light_private"), 1);
      while (Date.now() < awayUntilMs);
    } finally {
      // As if it had forked before the registration, and that branch had lost.
      await writeChainState(earlier);
      await network.startChain();
    }
    await until(chainStates, (states) => states.every((state) => state === "connected"), mendMs);
    await areListed(false);
    // What happens on this branch is followed.
    await register(network, late);
    await areListed(true);
    await untilWell(network, [...names, late.name]);
    await network.stopNode(late.name);
  });

  it("what a reorganisation orphans is gone from every backbone, and everything else is there", async function () {
    const network = mesh();
    // `hardhat node` knows no reorganisation.
    if (!network.chain.keepsState) this.skip();
    const late = await network.addNode("later");
    const registeredAt = await register(network, late);
    await untilFound(late, mendMs);
    const [first = ""] = ofType(network, "light_public");
    await expectPing(network.node(first), late);
    const urls = await backboneUrls(network);
    expect(await signIn(urls[0] ?? "", late)).to.equal(null);
    const registrations = () => Promise.all(urls.map((url) => registrationAt(url, late.peerId)));
    await until(registrations, (all) => all.every((registration) => registration !== null), mendMs);

    const { publicClient } = await connect(network.chain.rpcUrl, network.chain.account(accounts.governance));
    const head = Number(await publicClient.getBlockNumber({ cacheTime: 0 }));
    await publicClient.request({ method: "anvil_reorg", params: [head - registeredAt + 1, []] } as never);

    await until(registrations, (all) => all.every((registration) => registration === null), mendMs);
    const step = async () => (await late.status()).progress.find((one) => one.step === "registered")?.state;
    await until(step, (state) => state === "waiting", mendMs);
    // Nobody gets in whom the contract does not know.
    for (const url of urls) expect(await signIn(url, late)).to.equal("PEER_NOT_REGISTERED");
    await untilWell(
      network,
      network.members.map(({ name }) => name),
    );
    await network.stopNode(late.name);
  });
});

/** Registers a node from an account of its own. Returns the block that it stands in. */
async function register(network: Network, node: RunningNode): Promise<number> {
  const { chain, nexusAddress } = network;
  const config = { rpcUrl: chain.rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 500 };
  const ours = createChain(config, { log: pino({ level: "silent" }) });
  await ours.start(AbortSignal.timeout(10_000));
  try {
    const { identity } = await readIdentityFile(node.folder);
    const input = { nodeType: "light_private", region: "europe", bandwidthMbps: 50 } as const;
    // The last backbone's operator has coins, and nothing under way.
    const hash = await registerNode(ours, identity, chain.account(3), input);
    return Number((await ours.client.getTransactionReceipt({ hash })).blockNumber);
  } finally {
    await ours.stop();
  }
}

async function registrationAt(url: string, peerId: Hex) {
  const client = createClient({ baseUrl: url });
  const answer = await client.call(backboneRoutes.lookup, { peer_id: peerId }).catch(() => null);
  return answer?.registration ?? null;
}
