export { type OverlayConfig, overlayConfigSchema } from "./config.ts";
export type { MayServeDht } from "./dht-servers.ts";
export { overlayErrors } from "./errors.ts";
export { type Attempt, ladderErrors, type RungPlan } from "./ladder/index.ts";
export {
  type Lane,
  type LaneHandler,
  type Lanes,
  messages,
  type SpliceAnswer,
  spliceProtocol,
} from "./lanes/index.ts";
export { libp2pIdOf } from "./libp2p-id.ts";
export type { Meter } from "./meter.ts";
export { type HopPolicy, onionErrors } from "./onion/index.ts";
export { createOverlay, type Overlay } from "./overlay.ts";
export { type ParkAnswer, type ParkedClients, type Place, parkProtocol, type Waiting } from "./parking/index.ts";
export type { PeerCache } from "./peer-cache/index.ts";
export { hasUsers, type PeerConnection, type StreamHandler } from "./peer-connection.ts";
export { describePortMapping } from "./port-mapping/index.ts";
export { readFrame } from "./read-frame.ts";
export type { RecordDht, RecordViews, VerifyRecord, View } from "./record-dht.ts";
export { createRelayedTraffic, type RelayedTraffic } from "./relayed-traffic.ts";
