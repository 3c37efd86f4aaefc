import { join } from "node:path";
import { z } from "zod";
import { peerIdSchema, registrationSchema } from "../../api/schema.ts";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";

const memorySchema = z.object({
  registration: registrationSchema.nullable(),
  backbones: z.array(z.object({ peerId: peerIdSchema.nullable(), url: z.url() })).max(64),
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
      const text = await readFileIfPresent(path);
      try {
        return memorySchema.parse(JSON.parse(text ?? ""));
      } catch {
        return { registration: null, backbones: [] };
      }
    },
    async write(memory) {
      const text = `${JSON.stringify(memory, null, 2)}\n`;
      if (text === written) return;
      await writeFileAtomically(path, text);
      written = text;
    },
  };
}
