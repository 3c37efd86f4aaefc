import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Address, type Hex, isAddress } from "viem";

/** What `contracts/deployments/<chainId>.json` says of a chain. */
export interface Deployment {
  chainId: number;
  /** The proxy: the address that everybody uses. */
  nodeNexus: Address;
  implementation: Address;
  /** Takes the quorum's scores. */
  reputation: Address;
  /** Takes reports of contradictions. */
  slashing: Address;
  /** Its proxy. */
  relayPayments: Address;
  /** Its owner, where that is a timelock deployed with it. */
  timelock?: Address;
  /** Where an indexer starts. */
  blockNumber: number;
  /** Of the implementation's creation code, libraries included, to notice that the sources have moved on. */
  codeHash: Hex;
}

/**
 * Reads a deployment file.
 *
 * @returns undefined if there is none.
 * @throws Error if it is there and not a deployment.
 */
export async function readDeployment(path: string): Promise<Deployment | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const deployment = JSON.parse(text) as Deployment;
    if (Number.isInteger(deployment.chainId) && isAddress(deployment.nodeNexus)) return deployment;
  } catch {
    // Not JSON: told below.
  }
  throw new Error(`${path} is not a deployment file: correct it, or remove it to deploy anew`);
}

/** Writes a deployment file, whole or not at all. */
export async function writeDeployment(path: string, deployment: Deployment): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(deployment, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}
