import { expect } from "chai";
import type { Abi, AbiEvent, Hex } from "viem";
import { parse } from "yaml";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { relayPaymentsAbi } from "../../contracts/generated/relay-payments.ts";
import { reputationAbi } from "../../contracts/generated/reputation.ts";
import { slashingAbi } from "../../contracts/generated/slashing.ts";
import { type SubgraphNetwork, subgraphManifest } from "../../scripts/generate/subgraph.ts";
import { readBuild, signatureOf } from "./host/manifest.ts";

const abis: Record<string, Abi> = {
  NodeNexus: nodeNexusAbi,
  RelayPayments: relayPaymentsAbi,
  NexusTimelock: nexusTimelockAbi,
  Reputation: reputationAbi,
  Slashing: slashingAbi,
};
const eventsOf = (abi: Abi) => abi.filter((item): item is AbiEvent => item.type === "event").map(signatureOf);

describe("subgraph/manifest", () => {
  let build: Awaited<ReturnType<typeof readBuild>>;
  before(async () => {
    build = await readBuild();
  });

  it("has a handler for every event of every contract, and for no other", () => {
    const handled = [...build.dataSources, ...build.templates].map(({ name, handlers }) => [
      name,
      [...handlers.values()].map(({ event }) => signatureOf(event)),
    ]);
    const emitted = Object.entries(abis).map(([name, abi]) => [name, eventsOf(abi)]);
    expect(Object.fromEntries(handled)).to.deep.equal(Object.fromEntries(emitted));
  });

  it("names only handlers that the compiled mapping exports", () => {
    const missing = [...build.dataSources, ...build.templates].flatMap(({ name, module, handlers }) => {
      const exported = WebAssembly.Module.exports(module).map((item) => item.name);
      return [...handlers.values()]
        .filter(({ handler }) => !exported.includes(handler))
        .map(({ handler }) => `${name}: ${handler}`);
    });
    expect(missing).to.deep.equal([]);
  });

  it("takes addresses and first block from a deployment, and leaves a timelock away where there is none", async () => {
    const [nodeNexus, relayPayments, timelock] = ["a", "b", "c"].map((digit) => `0x${digit.repeat(40)}`) as [
      Hex,
      Hex,
      Hex,
    ];
    const network = { name: "matic", nodeNexus, relayPayments, blockNumber: 17 };
    const placesOf = async (deployment: SubgraphNetwork) => {
      const { dataSources } = parse(await subgraphManifest(deployment)) as {
        dataSources: { name: string; network: string; source: unknown }[];
      };
      return dataSources.map(({ name, network, source }) => [name, network, source]);
    };
    const place = (abi: string, address: Hex) => [abi, "matic", { address, startBlock: 17, abi }];
    const ungoverned = [place("NodeNexus", nodeNexus), place("RelayPayments", relayPayments)];
    expect(await placesOf(network)).to.deep.equal(ungoverned);
    expect(await placesOf({ ...network, timelock })).to.deep.equal([...ungoverned, place("NexusTimelock", timelock)]);
  });
});
