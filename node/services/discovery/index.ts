export { type Announcer, createAnnouncer } from "./announcer.ts";
export { createBootstrap } from "./bootstrap.ts";
export { discoveryErrors } from "./errors.ts";
export { createLastKnown, type LastKnown } from "./last-known.ts";
export { createLookup, type Found, type Lookup } from "./lookup.ts";
export { createOnionReach, type OnionReach } from "./onion-reach.ts";
export { createReach, type Reach } from "./reach.ts";
export { createExplainPath, type ExplainPath } from "./why.ts";
