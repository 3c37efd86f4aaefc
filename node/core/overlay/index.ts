export { type OverlayConfig, overlayConfigSchema } from "./config.ts";
export { overlayErrors } from "./errors.ts";
export {
  type Lane,
  type LaneHandler,
  type Lanes,
  messages,
  type SpliceAnswer,
  spliceProtocol,
} from "./lanes/index.ts";
export type { Meter } from "./meter.ts";
export { createOverlay, libp2pIdOf, type Overlay } from "./overlay.ts";
export type { PeerCache } from "./peer-cache/index.ts";
export type { PeerConnection, StreamHandler } from "./peer-connection.ts";
export { readFrame } from "./read-frame.ts";
export type { VerifyRecord } from "./record-dht.ts";
export { createRelayedTraffic, type RelayedTraffic } from "./relayed-traffic.ts";
