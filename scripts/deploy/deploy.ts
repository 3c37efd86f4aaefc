import { join } from "node:path";
import { openRun, type RunOptions, writeJson } from "../transactions/index.ts";
import { checkDeployment } from "./check.ts";
import type { Deployment } from "./deployment.ts";
import { openLayouts } from "./layout.ts";
import { findExisting } from "./node-nexus.ts";
import type { DeployParameters } from "./parameters.ts";
import { planDeployment } from "./plan.ts";

/** The file that tells of a chain. */
export const deploymentFile = ({ clients, target }: RunOptions): string =>
  join(target.folder, `${clients.publicClient.chain.id}.json`);

/**
 * Deploys everything to a chain, or takes up a run that was interrupted: each contract's address follows from the
 * account and the first nonce, which is written down before anything is sent.
 *
 * @returns undefined at a dry run, and where the question was answered with no.
 */
export async function deploy(options: RunOptions & { parameters: DeployParameters }): Promise<Deployment | undefined> {
  const { clients, target, print, parameters } = options;
  const chainId = clients.publicClient.chain.id;
  const file = deploymentFile(options);
  const existing = await findExisting(clients, file, "refuse");
  if (existing) {
    print(`Everything is deployed already: ${file}`);
    printDeployment(print, existing);
    return existing;
  }

  const run = await openRun(options, "deploy");
  const { steps, deployment } = planDeployment({ chainId, ...run.beginning, parameters });
  const rehearsal = await run.send("Deployment", steps);
  if (!rehearsal) {
    printDeployment(print, deployment);
    return undefined;
  }
  await checkDeployment(clients, deployment, rehearsal.codes);
  const layouts = await openLayouts({ ...target, chainId });
  const { implementation, relayPaymentsImplementation, libraries } = deployment;
  for (const made of [
    { contract: "NodeNexus", name: "NodeNexus", address: implementation, libraries },
    { contract: "RelayPayments", name: "RelayPayments", address: relayPaymentsImplementation, libraries: {} },
  ] as const) {
    await layouts.remember(deployment, made);
  }
  await writeJson(file, deployment);
  await run.end();
  print(`Deployed, read back, and written to ${file}`);
  printDeployment(print, deployment);
  return deployment;
}

function printDeployment(print: RunOptions["print"], deployment: Deployment): void {
  const { nodeNexus, relayPayments, reputation, slashing, auditAnchors, timelock } = deployment;
  const addresses = {
    NodeNexus: nodeNexus,
    RelayPayments: relayPayments,
    Reputation: reputation,
    Slashing: slashing,
    AuditAnchors: auditAnchors,
  };
  for (const [name, address] of Object.entries({ ...addresses, ...(timelock && { NexusTimelock: timelock }) })) {
    print(`  ${name.padEnd(13)}  ${address}`);
  }
}
