import { join } from "node:path";
import { z } from "zod";
import { welcomeSchema } from "../api/welcome.ts";
import { createJsonFile, type JsonFile } from "../core/store/index.ts";

const memorySchema = z.object({
  terms: welcomeSchema.shape.terms.shape.accepted,
  phrase: welcomeSchema.shape.phrase.omit({ asked: true }),
  step: welcomeSchema.shape.step,
  service: welcomeSchema.shape.service,
  /** The owner came to the end, or left: the console opens Welcome no more by itself. */
  left: z.boolean(),
});
export type WelcomeMemory = z.output<typeof memorySchema>;

/** Of a node whose words nobody has seen. */
export const unseen: WelcomeMemory = {
  terms: null,
  phrase: { shown: false, confirmedAtMs: null, skipped: false },
  step: "terms",
  service: null,
  left: false,
};

/** Who does not know whether the words were shown must not show them: `shadowmesh init` prints them as a rule. */
const seen: WelcomeMemory = { ...unseen, phrase: { ...unseen.phrase, shown: true } };

/** What outlives a restart, beside the identity. Without the file, and where it is damaged, the words count as shown. */
export function createWelcomeStore(folder: string): JsonFile<WelcomeMemory> {
  return createJsonFile(join(folder, "welcome.json"), memorySchema, seen);
}
