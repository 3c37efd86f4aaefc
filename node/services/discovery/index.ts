export { type Announcer, createAnnouncer } from "./announcer.ts";
export { discoveryErrors } from "./errors.ts";
export { createLookup, type Found, type Lookup } from "./lookup.ts";
export { createReach, type Reach } from "./reach.ts";
export { createExplainPath, type ExplainPath } from "./why.ts";
