export { bucketOf, distance } from "./distance.ts";
export { createPeerCache, type PeerCache, peerCacheLimits } from "./peer-cache.ts";
