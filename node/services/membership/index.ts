export { type MembershipConfig, membershipConfigSchema } from "./config.ts";
export { membershipErrors } from "./errors.ts";
export { createMembership, type Membership } from "./membership.ts";
export { createMembershipStore } from "./memory.ts";
export { createProgress } from "./progress.ts";
