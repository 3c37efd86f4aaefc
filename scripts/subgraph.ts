import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readDeployment } from "./deploy/index.ts";
import { subgraphManifest } from "./generate/subgraph.ts";
import { root, toolPath } from "./root.ts";
import { type CommandResult, runNode } from "./run-command.ts";
import { files, hashOf, stampOf, stampPath } from "./stamp.ts";

const usage = `Builds the subgraph for a deployment; then \`npx graph deploy\` takes it to a graph-node (see subgraph/README.md).

  npm run subgraph -- <deployment file> <network>

  <deployment file>  contracts/deployments/<chainId>.json, or another of that form
  <network>          what the graph-node calls the chain: "matic", "polygon-amoy", "localhost"
`;

/**
 * `graph codegen` and `graph build` of a manifest in subgraph/, where anything has changed since; neither asks the
 * network for anything.
 */
export async function buildSubgraph(manifest = "subgraph.yaml"): Promise<Pick<CommandResult, "ok" | "output">> {
  const folder = join(root, "subgraph");
  const built = join(folder, "build");
  const sources = await files("subgraph/abis/*.json", "subgraph/src/*.ts", "subgraph/schema.graphql");
  const hash = await hashOf([...sources, `subgraph/${manifest}`, "package-lock.json", "scripts/subgraph.ts"]);
  if ((await stampOf(built)) === hash) return { ok: true, output: "" };

  await rm(stampPath(built), { force: true });
  const options = { cwd: folder, env: { GRAPH_SKIP_NEW_VERSION_CHECK: "true" } };
  const graph = toolPath("@graphprotocol/graph-cli", "graph");
  const codegen = await runNode([graph, "codegen", "-o", "generated", "--skip-migrations", manifest], options);
  if (!codegen.ok) return codegen;
  const build = await runNode([graph, "build", "-o", "build", "--skip-migrations", manifest], options);
  if (build.ok) await writeFile(stampPath(built), hash);
  return build;
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
