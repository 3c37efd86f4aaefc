import { z } from "zod";

export const membershipConfigSchema = z.object({
  /** HTTP base URLs of backbones to try after the contract's own list. */
  backbones: z.array(z.url({ protocol: /^https?$/ })).default([]),
});
export type MembershipConfig = z.infer<typeof membershipConfigSchema>;
