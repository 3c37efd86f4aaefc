import { readFile, rm } from "node:fs/promises";
import { type Address, type Hex, isAddressEqual } from "viem";
import { z } from "zod";
import { writeJson } from "./write-json.ts";

const entrySchema = z.object({
  deployer: z.custom<Address>(),
  firstNonce: z.number().int(),
  blockNumber: z.number().int(),
  planHash: z.custom<Hex>(),
});
export type JournalEntry = z.output<typeof entrySchema>;

/**
 * What is begun and not yet done: the plan's first nonce, from which all its addresses follow. Written before the first
 * transaction, so that a run that was interrupted anywhere is taken up where it stopped.
 */
export interface Journal {
  readonly path: string;
  read(deployer: Address): Promise<JournalEntry | undefined>;
  /** @throws Error if something else was begun: that must be finished or given up first. */
  begin(entry: JournalEntry): Promise<void>;
  end(): Promise<void>;
}

export function openJournal(path: string): Journal {
  const read = async (): Promise<JournalEntry | undefined> => {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    return text === undefined ? undefined : entrySchema.parse(JSON.parse(text));
  };
  return {
    path,
    async read(deployer) {
      const entry = await read();
      if (entry === undefined || isAddressEqual(entry.deployer, deployer)) return entry;
      throw new Error(`${entry.deployer} began this: go on with that account, or remove ${path} to begin anew`);
    },
    async begin(entry) {
      const begun = await read();
      if (begun === undefined) return writeJson(path, entry);
      if (begun.planHash === entry.planHash) return;
      throw new Error(
        "This was begun with other sources or parameters: go on with those, " +
          `or remove ${path} to begin anew (what is on chain already is left behind, unused)`,
      );
    },
    end: () => rm(path, { force: true }),
  };
}
