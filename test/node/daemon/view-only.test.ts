import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { connectDaemon } from "../../../node/api-key.ts";
import { loadConfig } from "../../../node/config.ts";
import { createChain, registerNode } from "../../../node/core/chain/index.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { reflectProtocol } from "../../../node/core/overlay/punch/reflection.ts";
import { type Daemon, startDaemon } from "../../../node/daemon.ts";
import { throughputProtocol } from "../../../node/services/throughput/protocol.ts";
import { account, startTestChain } from "../../harness/anvil.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { identityOf, recordOf, seedOf, verifyAt } from "../../harness/identities.ts";
import { createMesh } from "../../harness/mesh.ts";
import { until } from "../../harness/until.ts";
import { silent } from "../api/fixture.ts";

const hosted = {
  dht: "/shadowmesh/kad/1.0.0",
  regionalDht: "/shadowmesh/kad/europe/1.0.0",
  relay: "/libp2p/circuit/relay/0.2.0/hop",
  measurements: throughputProtocol,
  reflections: reflectProtocol,
};

describe("daemon as a view-only node", function () {
  this.timeout(120_000);
  const anvil = startTestChain();
  const newFolder = temporaryFolders();
  const createNode = createMesh();
  const running: Daemon[] = [];
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
  });

  /** A node that the contract lists as public, and a peer's connection to it. */
  async function startPublic(n: number, viewOnly: boolean) {
    const nexusAddress = await anvil().deploy();
    const chain = { rpcUrl: anvil().rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 100 };
    const wallet = createChain({ ...chain, relayPaymentsAddress: null }, { log: silent });
    await wallet.start(AbortSignal.timeout(20_000));
    const offer = { nodeType: "light_public", region: "europe", bandwidthMbps: 100 } as const;
    await registerNode(wallet, identityOf(n), account(1), offer);
    await wallet.stop();
    const folder = await newFolder();
    await createIdentityFile(folder, seedOf(n));
    const overlay = { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: 0 };
    const options = { chain, overlay, api: { port: 0 } };
    await writeFile(join(folder, "config.yaml"), stringify({ ...options, hosting: { viewOnly } }));
    const config = await loadConfig(folder);
    const requestStop = () => undefined;
    running.push(await startDaemon(config, { folder, log: silent, requestStop }, AbortSignal.timeout(20_000)));
    const { client } = await connectDaemon(folder);
    const status = await until(
      () => client.call(daemonRoutes.status, {}),
      ({ registration }) => registration?.nodeType === "light_public",
    );
    const peer = await createNode(200 + n);
    const record = await verifyAt()(await recordOf(identityOf(n), { addresses: status.overlay.addresses }));
    const connection = await peer.overlay.connect(record, AbortSignal.timeout(20_000));
    const serves = async (protocol: string) => {
      const stream = await connection.open(protocol, AbortSignal.timeout(20_000)).catch(() => null);
      stream?.abort(new Error("only asked"));
      return stream !== null;
    };
    return { status, client, connection, serves, overlay: peer.overlay };
  }

  it("hosts nothing for others, and is connected to all the same", async () => {
    const { status, connection, serves, overlay } = await startPublic(11, true);
    expect(status.viewOnly).to.equal(true);
    expect(await overlay.ping(connection, AbortSignal.timeout(20_000))).to.be.at.least(0);
    for (const [what, protocol] of Object.entries(hosted)) expect(await serves(protocol), what).to.equal(false);
  });

  it("would host it all if it were not", async () => {
    const { status, serves } = await startPublic(12, false);
    expect(status.viewOnly).to.equal(false);
    for (const protocol of Object.values(hosted)) await until(() => serves(protocol), Boolean);
  });

  it("can't be a backbone", async () => {
    const folder = await newFolder();
    const both = { hosting: { viewOnly: true }, backbone: { enabled: true } };
    await expectCode(loadConfig(folder, both), "CONFIG_INVALID");
  });
});
