import { join } from "node:path";
import { z } from "zod";
import { peerIdSchema, registrationSchema } from "../../core/schema.ts";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";

/** More than anybody tries in turn. */
const maxBackbones = 64;

const memorySchema = z.object({
  registration: registrationSchema.nullable(),
  backbones: z
    .array(z.object({ peerId: peerIdSchema.nullable(), url: z.url(), region: z.string().nullable() }))
    .max(maxBackbones),
});
export type MembershipMemory = z.infer<typeof memorySchema>;

/** What was known last, for a start while the chain is away. */
export interface MembershipStore {
  read(): Promise<MembershipMemory>;
  write(memory: MembershipMemory): Promise<void>;
}

export function createMembershipStore(folder: string): MembershipStore {
  const path = join(folder, "membership.json");
  let written = "";
  return {
    async read() {
      // Everything in it can be had again from the chain: a damaged file is no more than an absent one.
      try {
        return memorySchema.parse(JSON.parse((await readFileIfPresent(path)) ?? ""));
      } catch {
        return { registration: null, backbones: [] };
      }
    },
    async write({ registration, backbones }) {
      const memory = { registration, backbones: backbones.slice(0, maxBackbones) };
      const text = `${JSON.stringify(memory, null, 2)}\n`;
      if (text === written) return;
      await writeFileAtomically(path, text);
      written = text;
    },
  };
}
