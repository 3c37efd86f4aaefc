import { readFile } from "node:fs/promises";
import { type Address, type Hex, isAddress, isHex } from "viem";
import { z } from "zod";

const address = z.custom<Address>((value) => typeof value === "string" && isAddress(value), "not an address");
const hex = z.custom<Hex>((value) => isHex(value), "not hex");

/** What `contracts/deployments/<chainId>.json` says of a chain. */
export const deploymentSchema = z.strictObject({
  chainId: z.number().int().positive(),
  /** The proxy: the address that everybody uses. */
  nodeNexus: address,
  implementation: address,
  /** What the implementation is linked with. */
  libraries: z.record(z.string(), address),
  /** Takes the quorum's scores. */
  reputation: address,
  /** Takes reports of contradictions. */
  slashing: address,
  /** Its proxy. */
  relayPayments: address,
  relayPaymentsImplementation: address,
  /** Keeps the heads of the backbones' audit logs. */
  auditAnchors: address,
  /** The owner of both proxies, where that is a timelock deployed with them. */
  timelock: address.optional(),
  /** Where an indexer starts: none of the contracts was there before this block. */
  blockNumber: z.number().int().nonnegative(),
  /** Of each contract's creation code, libraries included, to notice that the sources have moved on. */
  codeHashes: z.record(z.string(), hex),
  /** What each constructor was given, ABI-encoded: verification needs it. */
  constructorArguments: z.record(z.string(), hex),
  /** An upgrade that waits in the timelock. */
  scheduled: z
    .strictObject({
      contract: z.enum(["NodeNexus", "RelayPayments"]),
      implementation: address,
      libraries: z.record(z.string(), address),
      codeHash: hex,
    })
    .optional(),
});
export type Deployment = z.output<typeof deploymentSchema>;
/** The next version of a contract behind a proxy. */
export type Upgrade = NonNullable<Deployment["scheduled"]>;
export type Upgradeable = Upgrade["contract"];

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
  return parseDeployment(path, text);
}

/** @throws Error that names the file and what is wrong with it. */
export function parseDeployment(path: string, text: string): Deployment {
  let reason: string;
  try {
    const parsed = deploymentSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    reason = z.prettifyError(parsed.error);
  } catch {
    reason = "it is not JSON";
  }
  throw new Error(`${path} is not a deployment file: correct it, or remove it to deploy anew\n${reason}`);
}
