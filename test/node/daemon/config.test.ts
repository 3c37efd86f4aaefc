import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { configSchema, loadConfig, writeChainConfig } from "../../../node/config.ts";
import { environmentName, mergeSources, readSources, sections } from "../../../node/config-sources.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";

const nexus = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

describe("config", () => {
  const newFolder = temporaryFolders();

  async function configure(sources: {
    file?: string;
    env?: NodeJS.ProcessEnv;
    flags?: Record<string, Record<string, unknown>>;
  }) {
    const path = join(await newFolder(), "config.yaml");
    const { file = null, env = {}, flags = {} } = sources;
    return mergeSources(configSchema, readSources(configSchema, { file: { path, text: file }, env, flags }));
  }
  const refused = async (sources: Parameters<typeof configure>[0], option: string) => {
    const error = await expectCode(configure(sources), "CONFIG_INVALID");
    expect(error.details.option, error.message).to.equal(option);
    expect(error.message).to.include(option);
  };

  it("has a default for every option", async () => {
    const config = await configure({});
    expect(config.api.port).to.equal(7700);
    expect(config.chain).to.deep.equal({
      rpcUrl: "http://127.0.0.1:8545",
      chainId: 31337,
      nexusAddress: null,
      relayPaymentsAddress: null,
      auditAnchorsAddress: null,
      pollIntervalMs: 2_000,
    });
    for (const [section, options] of sections(configSchema)) {
      expect(Object.keys(config[section as keyof typeof config])).to.include.members(Object.keys(options.shape));
    }
  });

  it("takes the flag before the environment before the file before the default", async () => {
    const file = "api:\n  port: 1\n";
    const env = { SHADOWMESH_API_PORT: "2" };
    expect((await configure({ file })).api.port).to.equal(1);
    expect((await configure({ file, env })).api.port).to.equal(2);
    expect((await configure({ file, env, flags: { api: { port: 3 } } })).api.port).to.equal(3);
  });

  it("takes each option from its own source", async () => {
    const config = await configure({
      file: "chain:\n  chainId: 5\n  pollIntervalMs: 700\n",
      env: { SHADOWMESH_CHAIN_CHAIN_ID: "6" },
      flags: { log: { level: "debug" } },
    });
    expect(config.chain).to.include({ chainId: 6, pollIntervalMs: 700, rpcUrl: "http://127.0.0.1:8545" });
    expect(config.log.level).to.equal("debug");
  });

  it("reads lists, null and booleans from the environment", async () => {
    const { overlay, backbone, chain } = await configure({
      file: `chain: { nexusAddress: "${nexus}" }`,
      env: {
        SHADOWMESH_OVERLAY_LISTEN: '["/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2/ws"]',
        SHADOWMESH_BACKBONE_ENABLED: "true",
        SHADOWMESH_CHAIN_NEXUS_ADDRESS: "null",
      },
    });
    expect(overlay.listen).to.deep.equal(["/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2/ws"]);
    expect(backbone.enabled).to.equal(true);
    expect(chain.nexusAddress).to.equal(null);
  });

  it("takes an address for an address, quoted or not", async () => {
    for (const file of [`chain:\n  nexusAddress: ${nexus}\n`, `chain:\n  nexusAddress: "${nexus}"\n`]) {
      expect((await configure({ file })).chain.nexusAddress).to.equal(nexus);
    }
    expect((await configure({ env: { SHADOWMESH_CHAIN_NEXUS_ADDRESS: nexus } })).chain.nexusAddress).to.equal(nexus);
  });

  it("names environment variables after sections and options", () => {
    expect(environmentName("chain", "rpcUrl")).to.equal("SHADOWMESH_CHAIN_RPC_URL");
    expect(environmentName("relay", "maxReservations")).to.equal("SHADOWMESH_RELAY_MAX_RESERVATIONS");
  });

  it("names the option that is wrong, wherever it comes from", async () => {
    await refused({ file: "api:\n  port: 70000\n" }, "api.port");
    await refused({ env: { SHADOWMESH_CHAIN_RPC_URL: "ftp://example" } }, "chain.rpcUrl");
    await refused({ env: { SHADOWMESH_CHAIN_NEXUS_ADDRESS: "0x12" } }, "chain.nexusAddress");
    await refused({ flags: { log: { level: "loud" } } }, "log.level");
    await refused({ flags: { api: { port: Number.NaN } } }, "api.port");
    await refused({ env: { SHADOWMESH_OVERLAY_LISTEN: '["/ip4/0.0.0.0/tcp/1", "4100"]' } }, "overlay.listen.1");
    await refused({ env: { SHADOWMESH_RELAY_RESERVATIONS: "9" } }, "relay.reservations");
  });

  it("names an option or a section that does not exist", async () => {
    await refused({ file: "chain:\n  rpcURL: http://127.0.0.1:1\n" }, "chain.rpcURL");
    await refused({ file: "chian:\n  rpcUrl: http://127.0.0.1:1\n" }, "chian");
    await refused({ file: "chain: http://127.0.0.1:1\n" }, "chain");
  });

  it("takes an empty file, or an empty section, for no options", async () => {
    for (const file of ["", "# nothing yet\n", "chain:\n"]) expect((await configure({ file })).api.port).to.equal(7700);
  });

  it("says which file or variable is not valid YAML", async () => {
    for (const file of ["a: [", "- a\n- b\n", "just text", "a: 1\na: 2\n"]) {
      const error = await expectCode(configure({ file }), "CONFIG_INVALID");
      expect(error.message).to.match(/config\.yaml/);
    }
    const error = await expectCode(configure({ env: { SHADOWMESH_OVERLAY_LISTEN: '["' } }), "CONFIG_INVALID");
    expect(error.message).to.include("SHADOWMESH_OVERLAY_LISTEN");
    expect(error.message).to.match(/valid YAML: [A-Z].*\w\.$/);
    expect(error.action).to.include("docs/reference/config.md");
  });

  it("keeps the chain's options in the file, beside what stands there", async () => {
    const folder = await newFolder();
    const path = join(folder, "config.yaml");
    await writeFile(path, `# mine\nchain:\n  nexusAddress: ${nexus} # the proxy\n  chainId: 5\napi:\n  port: 1\n`);
    await writeChainConfig(folder, { rpcUrl: "http://127.0.0.1:9999", chainId: undefined });
    expect(await readFile(path, "utf8"))
      .to.include("# mine")
      .and.to.include(nexus)
      .and.to.include("port: 1");
    expect((await loadConfig(folder)).chain).to.include({ rpcUrl: "http://127.0.0.1:9999", chainId: 5 });
    const before = await readFile(path, "utf8");
    await expectCode(writeChainConfig(folder, { nexusAddress: "0x12" }), "CONFIG_INVALID");
    expect(await readFile(path, "utf8")).to.equal(before);
  });
});
