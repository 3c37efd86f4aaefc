import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import type { Address } from "viem";
import { type Chain, type ChainConfig, createChain } from "../../../../node/core/chain/index.ts";
import { startTestChain } from "../../../harness/anvil.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";
import { freePort } from "../../../harness/postgres.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

const nowhere: Address = "0x00000000000000000000000000000000000000aa";

describe("core/chain", function () {
  this.timeout(30_000);
  const started: Chain[] = [];
  afterEach(async () => {
    for (const chain of started.splice(0)) await chain.stop();
  });

  async function watch(
    config: Partial<ChainConfig>,
    deployments?: Record<number, { nodeNexus: Address }>,
  ): Promise<Chain> {
    const whole = { rpcUrl: "", chainId: 31337, nexusAddress: nowhere, pollIntervalMs: 100, ...config };
    const chain = createChain(whole, { log: silent, deployments });
    started.push(chain);
    await chain.start(AbortSignal.timeout(10_000));
    return chain;
  }

  describe("on anvil", () => {
    const anvil = startTestChain();
    let nexusAddress: Address;
    before(async () => {
      nexusAddress = await anvil().deploy();
    });

    it("knows the contract of a chain that we have deployed to, unless another is configured", async () => {
      const known = { 31337: { nodeNexus: nexusAddress } };
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress: null }, known);
      expect([chain.state, chain.nexusAddress]).to.deep.equal(["connected", nexusAddress]);
      const other = await watch({ rpcUrl: anvil().rpcUrl }, known);
      expect([other.state, other.nexusAddress]).to.deep.equal(["no-contract", nowhere]);
    });

    it("is connected where chain, contract and configuration agree", async () => {
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress });
      expect(chain.state).to.equal("connected");
      expect(chain.blockNumber).to.be.greaterThan(0);
      expect(chain.development).to.equal(true);
      chain.requireConnected();
      expect(chain.statementDomain).to.deep.equal({ chainId: 31337, nexusAddress });
    });

    it("tells of each new block", async () => {
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress });
      const before = chain.blockNumber ?? 0;
      let changes = 0;
      const stop = chain.onChange(() => changes++);
      await anvil().rpc("evm_mine");
      await until(
        () => chain.blockNumber,
        (block) => block === before + 1,
      );
      expect(changes).to.be.greaterThan(0);
      stop();
    });

    it("says where the configured chain is another", async () => {
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress, chainId: 1 });
      expect(chain.state).to.equal("wrong-chain");
      const error = expectThrownCode(() => chain.requireConnected(), "WRONG_CHAIN");
      expect(error.details).to.deep.equal({ rpcUrl: anvil().rpcUrl, chainId: 1, nexusAddress });
      expect(chain.development).to.equal(false);
    });

    it("says where there is no contract, or none is configured", async () => {
      const elsewhere = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress: nowhere });
      expect(elsewhere.state).to.equal("no-contract");
      expectThrownCode(() => elsewhere.requireConnected(), "NO_CONTRACT");
      const none = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress: null });
      expect(none.state).to.equal("no-contract");
      expectThrownCode(() => none.nexus, "NO_CONTRACT");
      expectThrownCode(() => none.statementDomain, "NO_CONTRACT");
    });

    it("notices a chain that goes away, and one that comes back with its state", async () => {
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress });
      const states: string[] = [];
      chain.onChange(() => states.at(-1) !== chain.state && states.push(chain.state));
      await anvil().stop();
      await until(
        () => chain.state,
        (state) => state === "unreachable",
      );
      expect(chain.blockNumber).to.equal(null);
      expectThrownCode(() => chain.requireConnected(), "CHAIN_UNREACHABLE");
      await anvil().start();
      await until(
        () => chain.state,
        (state) => state === "connected",
      );
      expect(states).to.deep.equal(["unreachable", "connected"]);
    });

    it("notices that another chain came back in its place", async () => {
      const chain = await watch({ rpcUrl: anvil().rpcUrl, nexusAddress });
      await anvil().stop();
      await anvil().start({ chainId: 4242 });
      await until(
        () => chain.state,
        (state) => state === "wrong-chain",
      );
      await anvil().stop();
      await anvil().start();
      await until(
        () => chain.state,
        (state) => state === "connected",
      );
    });
  });

  it("starts although nobody answers, and connects when somebody does", async () => {
    const rpcUrl = `http://127.0.0.1:${await freePort()}`;
    const chain = await watch({ rpcUrl });
    expect(chain.state).to.equal("unreachable");
    expectThrownCode(() => chain.requireConnected(), "CHAIN_UNREACHABLE");
  });

  describe("with an endpoint that takes requests and never answers", () => {
    let server: Server;
    let rpcUrl: string;
    const sockets: Socket[] = [];
    before(async () => {
      server = createServer((socket) => sockets.push(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      rpcUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    });
    after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });

    it("gives up its start when told to, and stops at once", async () => {
      const chain = createChain(
        { rpcUrl, chainId: 31337, nexusAddress: nowhere, pollIntervalMs: 100 },
        { log: silent },
      );
      const outcome = await chain.start(AbortSignal.timeout(200)).catch((error: unknown) => error);
      expect(outcome).to.have.property("name", "TimeoutError");
      await chain.stop();
    });
  });
});
