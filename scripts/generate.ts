import { generateContracts } from "./generate/contracts.ts";

/**
 * Writes what derives from the sources: ABIs, and the reference under docs/reference.
 *
 * @param options.check - Write nothing; throw if what is there differs.
 */
export async function generate({ check }: { check: boolean }): Promise<void> {
  await generateContracts({ check });
}

if (import.meta.main) await generate({ check: process.argv.includes("--check") });
