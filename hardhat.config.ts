import { createRequire } from "node:module";
import hardhatIgnitionViem from "@nomicfoundation/hardhat-ignition-viem";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import hardhatViemAssertions from "@nomicfoundation/hardhat-viem-assertions";
import hardhatUpgrades from "@openzeppelin/hardhat-upgrades/viem";
import { defineConfig } from "hardhat/config";
import branchCoverage from "./scripts/coverage/plugin.ts";

// npm's solc instead of a compiler download: builds are the same on a machine without the internet.
const path = createRequire(import.meta.url).resolve("solc/soljson.js");
const compiler = {
  version: "0.8.37",
  path,
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun" },
};

// Score batches and look-ups are loops: worth being inlined. The whole of NodeNexus so compiled would dispatch slower.
const loops = {
  ...compiler,
  settings: { ...compiler.settings, viaIR: true, optimizer: { enabled: true, runs: 1_000_000 } },
};
const build = {
  compilers: [compiler],
  overrides: { "contracts/libraries/ScoreBatch.sol": loops, "contracts/libraries/NexusViews.sol": loops },
};

const fuzzRuns = Number(process.env.SHADOWMESH_FUZZ_RUNS ?? 256);
const seed = process.env.SHADOWMESH_FUZZ_SEED;

export default defineConfig({
  plugins: [
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatViem,
    hardhatViemAssertions,
    hardhatIgnitionViem,
    hardhatUpgrades,
    branchCoverage,
  ],
  solidity: {
    npmFilesToBuild: ["@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol"],
    profiles: { default: build, production: build },
  },
  networks: {
    // The development chain where there is no anvil; its accounts are the network's own (scripts/network/chain.ts).
    devnet: {
      type: "edr-simulated",
      chainId: 31337,
      accounts: {
        mnemonic:
          process.env.SHADOWMESH_DEVNET_MNEMONIC ?? "test test test test test test test test test test test junk",
        count: Number(process.env.SHADOWMESH_DEVNET_ACCOUNTS ?? 10),
      },
    },
  },
  test: {
    // None waits for anything: one that takes this long hangs, however busy the machine is.
    mocha: { timeout: 300_000 },
    solidity: {
      // Fewer under coverage, which is slow, and more in `npm run fuzz`.
      fuzz: { runs: fuzzRuns, ...(seed && { seed }) },
      // Each is a sequence of calls.
      invariant: { runs: Math.ceil(fuzzRuns / 4), depth: 64 },
    },
  },
  coverage: { skipFiles: ["contracts/mocks/**", "contracts/examples/**", "contracts/generated/**", "test/**"] },
  paths: { sources: "contracts", tests: "test/contracts" },
});
