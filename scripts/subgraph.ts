import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readDeployment } from "./deploy/index.ts";
import { subgraphManifest } from "./generate/subgraph.ts";
import { root, toolPath } from "./root.ts";
import { type CommandResult, runNode } from "./run-command.ts";

const usage = `Builds the subgraph for a deployment; then \`npx graph deploy\` takes it to a graph-node (see subgraph/README.md).

  npm run subgraph -- <deployment file> <network>

  <deployment file>  contracts/deployments/<chainId>.json, or another of that form
  <network>          what the graph-node calls the chain: "matic", "polygon-amoy", "localhost"
`;

/** `graph codegen` and `graph build` of a manifest in subgraph/; neither asks the network for anything. */
export async function buildSubgraph(manifest = "subgraph.yaml"): Promise<Pick<CommandResult, "ok" | "output">> {
  const options = { cwd: join(root, "subgraph"), env: { GRAPH_SKIP_NEW_VERSION_CHECK: "true" } };
  const graph = toolPath("@graphprotocol/graph-cli", "graph");
  const codegen = await runNode([graph, "codegen", "-o", "generated", "--skip-migrations", manifest], options);
  if (!codegen.ok) return codegen;
  return runNode([graph, "build", "-o", "build", "--skip-migrations", manifest], options);
}

async function buildForDeployment(file: string, network: string): Promise<void> {
  const deployment = await readDeployment(resolve(file));
  if (deployment === undefined)
    throw new Error(`there is no deployment file ${file}: deploy first, or correct the path`);
  if (!/^[a-z0-9-]+$/.test(network))
    throw new Error(`${network} is no name of a network: use what graph-node calls it`);
  const { nodeNexus, relayPayments, timelock, blockNumber } = deployment;
  const manifest = `subgraph.${network}.yaml`;
  const text = await subgraphManifest({ name: network, nodeNexus, relayPayments, timelock, blockNumber });
  await writeFile(join(root, "subgraph", manifest), text);
  const { ok, output } = await buildSubgraph(manifest);
  if (!ok) throw new Error(`the subgraph does not build:\n${output}`);
  console.log(
    `› subgraph/${manifest} for chain ${deployment.chainId}, from block ${blockNumber} on; built to subgraph/build`,
  );
}

if (import.meta.main) {
  const [file, network, ...rest] = process.argv.slice(2);
  if (file === "--help" || file === "-h") {
    console.log(usage);
  } else if (file === undefined || network === undefined || rest.length > 0) {
    console.error(`✗ A deployment file and a network are needed.\n\n${usage}`);
    process.exitCode = 2;
  } else {
    await buildForDeployment(file, network).catch((error: unknown) => {
      console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    });
  }
}
