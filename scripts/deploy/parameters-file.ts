import { readFile } from "node:fs/promises";
import { type Address, isAddress, parseEther } from "viem";
import { parse } from "yaml";
import { z } from "zod";
import { regions } from "../../node/core/vocabulary.ts";
import type { DeployParameters } from "./parameters.ts";

const address = z.custom<Address>((value) => typeof value === "string" && isAddress(value), "not an address");
const coins = z
  .string()
  .regex(/^\d+(\.\d{1,18})?$/, 'not an amount of coins, such as "0.01" (in quotes)')
  .transform((text) => parseEther(text));
const seconds = z.number().int().nonnegative().transform(BigInt);
const basisPoints = z.number().int().min(0).max(10_000);

const fields = z.strictObject({
  timelock: z
    .strictObject({
      proposers: z.array(address).min(1),
      executors: z.array(address).min(1),
      minDelayS: seconds.optional(),
    })
    .optional(),
  pauser: address.optional(),
  backboneOperators: z.array(address).optional(),
  publicMinimum: coins.optional(),
  backboneMinimum: coins.optional(),
  relayPricePerGiB: coins.optional(),
  unbondingPeriodS: seconds.optional(),
  epochLengthS: seconds.optional(),
  challengeWindowS: seconds.optional(),
  penaltyBps: basisPoints.optional(),
  reporterBps: basisPoints.optional(),
  exitNoticeS: seconds.optional(),
  regions: z
    .array(z.string().regex(/^[a-z_]{1,32}$/))
    .min(1)
    .default([...regions]),
});

/**
 * Reads what a deployment is told from YAML or JSON: the options of `DeployParameters`, amounts in coins.
 *
 * @param requireGovernance - Whether a timelock and a pauser must be named, as on any chain that others use.
 * @throws Error that names the file and each field that is wrong.
 */
export function parseParameters(path: string, text: string, requireGovernance: boolean): DeployParameters {
  const schema = requireGovernance ? fields.required({ timelock: true, pauser: true }) : fields;
  const parsed = schema.safeParse(parse(text) ?? {});
  if (!parsed.success) throw new Error(`${path} is wrong:\n${z.prettifyError(parsed.error)}`);
  const { publicMinimum, backboneMinimum, relayPricePerGiB, ...same } = parsed.data;
  return {
    ...same,
    publicMinimumWei: publicMinimum,
    backboneMinimumWei: backboneMinimum,
    relayPricePerGiBWei: relayPricePerGiB,
  };
}

export async function readParameters(path: string | undefined, requireGovernance: boolean): Promise<DeployParameters> {
  if (path !== undefined) return parseParameters(path, await readFile(path, "utf8"), requireGovernance);
  if (!requireGovernance) return {};
  throw new Error(
    "Say who governs: --parameters <file> with at least `timelock` and `pauser` (docs/guides/deployment.md has one).",
  );
}
