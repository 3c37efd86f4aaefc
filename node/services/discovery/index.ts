export { type Announcer, createAnnouncer } from "./announcer.ts";
export { createLookup, type Found, type Lookup } from "./lookup.ts";
export { createReach, type Reach } from "./reach.ts";
