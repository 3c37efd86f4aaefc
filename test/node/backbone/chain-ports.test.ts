import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Hex, parseEther } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { type ChainPorts, createChainPorts } from "../../../node/backbone/index.ts";
import { type Chain, createChain, registerNode } from "../../../node/core/chain/index.ts";
import { connect, deployNodeNexus } from "../../../scripts/deploy/index.ts";
import { freePort } from "../../harness/postgres.ts";
import { silent } from "../api/fixture.ts";
import { eventually, newIdentity } from "./fixture.ts";

const anvil = fileURLToPath(new URL("../../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil", import.meta.url));
const operator = mnemonicToAccount("test test test test test test test test test test test junk");

(existsSync(anvil) ? describe : describe.skip)("backbone/chain-ports on anvil", function () {
  this.timeout(60_000);
  const backboneIdentity = newIdentity();
  let child: ChildProcess;
  let chain: Chain;
  let ports: ChainPorts;
  let rpcUrl: string;
  let nexusAddress: Hex;
  let unwatch: () => void;
  const changed: Hex[] = [];
  let gaps = 0;

  async function startAnvil(port: number): Promise<void> {
    child = spawn(anvil, ["--port", String(port), "--silent"], { stdio: "ignore" });
    rpcUrl = `http://127.0.0.1:${port}`;
    const isUp = () =>
      connect(rpcUrl, operator).then(
        () => true,
        () => false,
      );
    await eventually(isUp, Boolean);
  }
  const stopAnvil = async () => {
    child.kill();
    await once(child, "exit");
  };
  const register = (identity = newIdentity(), nodeType: "light_public" | "backbone_auth" = "light_public") =>
    registerNode(chain, identity, operator, {
      nodeType,
      region: "europe",
      bandwidthMbps: 100,
      stakeWei: parseEther("2000"),
    }).then(() => identity.peerId);
  const write = async (functionName: "deregister" | "setEndpoint", args: readonly [Hex] | readonly [Hex, string]) => {
    const { walletClient, publicClient } = await connect(rpcUrl, operator);
    const hash = await walletClient.writeContract({
      address: nexusAddress,
      abi: nodeNexusAbi,
      functionName,
      args,
    } as never);
    await publicClient.waitForTransactionReceipt({ hash });
  };
  const pages = async () => {
    const found: Hex[] = [];
    for await (const page of ports.source.pages(AbortSignal.timeout(10_000)))
      found.push(...page.map((node) => node.peerId));
    return found;
  };

  before(async () => {
    await startAnvil(await freePort());
    const deployment = await deployNodeNexus({ rpcUrl, account: operator, backboneOperators: [operator.address] });
    nexusAddress = deployment.nodeNexus;
    chain = createChain({ rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 100 }, { log: silent });
    await chain.start(AbortSignal.timeout(5_000));
    ports = createChainPorts(chain);
    unwatch = ports.source.watch({
      onChange: (peerIds) => void changed.push(...peerIds),
      onGap: () => {
        gaps += 1;
      },
    });
  });
  after(async () => {
    unwatch?.();
    await chain?.stop();
    await stopAnvil();
  });

  const told = (peerId: Hex) => eventually(async () => changed.includes(peerId), Boolean);

  it("tells of a node that registered and lists it", async () => {
    const peerId = await register();
    await told(peerId);
    expect(await pages()).to.include(peerId);
    expect((await ports.source.registrationOf(peerId))?.active).to.equal(true);
  });

  it("tells of a node that left and lists it no more", async () => {
    const peerId = await register();
    await told(peerId);
    changed.length = 0;
    await write("deregister", [peerId]);
    await told(peerId);
    expect(await pages()).to.not.include(peerId);
  });

  it("gives region, host and port of each backbone that has an endpoint", async () => {
    await register(backboneIdentity, "backbone_auth");
    expect(await ports.backboneNodes()).to.deep.equal([]);
    const cases: [string, unknown[]][] = [
      ["https://backbone.example", [{ region: "europe", ip: "backbone.example", port: 443 }]],
      ["http://192.0.2.1:7780", [{ region: "europe", ip: "192.0.2.1", port: 7780 }]],
      ["http://[2001:db8::1]:7780", [{ region: "europe", ip: "2001:db8::1", port: 7780 }]],
      ["http://no-port:99999", []],
      ["", []],
    ];
    for (const [endpoint, expected] of cases) {
      await write("setEndpoint", [backboneIdentity.peerId, endpoint]);
      expect(await ports.backboneNodes(), endpoint).to.deep.equal(expected);
    }
  });

  it("says that there may be a gap when blocks were reorganised away, also under a head of the same number", async () => {
    const peerId = await register();
    await told(peerId);
    gaps = 0;
    const { publicClient } = await connect(rpcUrl, operator);
    const reorganise = (depth: number) => publicClient.request({ method: "anvil_reorg", params: [depth, []] } as never);
    const before = await publicClient.getBlockNumber({ cacheTime: 0 });
    await reorganise(1);
    expect(await publicClient.getBlockNumber({ cacheTime: 0 })).to.equal(before);
    const countGaps = async () => gaps;
    await eventually(countGaps, (count) => count === 1);
    expect(await ports.source.registrationOf(peerId)).to.equal(null);

    await told(await register());
    await reorganise(1);
    // Longer than what was seen before, by the time it is looked at again or soon after.
    const late = await register();
    await eventually(countGaps, (count) => count >= 2);
    expect(await pages()).to.include(late);
  });

  it("says that there may be a gap when the chain goes away, and when it comes back", async () => {
    gaps = 0;
    const port = Number(new URL(rpcUrl).port);
    await stopAnvil();
    const codeOf = async () => {
      try {
        return ports.requireChain();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    await eventually(codeOf, (code) => code === "CHAIN_UNREACHABLE");
    expect(gaps).to.be.at.least(1);
    gaps = 0;
    const error = await ports.source.registrationOf(backboneIdentity.peerId).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "CHAIN_UNREACHABLE");
    await startAnvil(port);
    // Another chain under the same ID, on which the contract gets the same address.
    await deployNodeNexus({ rpcUrl, account: operator });
    await eventually(
      async () => gaps,
      (count) => count >= 1,
    );
    changed.length = 0;
    await told(await register());
  });
});
