export { type MembershipConfig, membershipConfigSchema } from "./config.ts";
export { listBackbones } from "./directory.ts";
export { membershipErrors } from "./errors.ts";
export { createMembership, type Membership } from "./membership.ts";
export { createMembershipStore } from "./memory.ts";
export { createProgress } from "./progress.ts";
