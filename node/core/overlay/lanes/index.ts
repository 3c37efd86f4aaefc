export { createDataPort, type DataPort } from "./data-port.ts";
export { createLanes, type Lane, type LaneEnds, type LaneHandler, type Lanes } from "./lanes.ts";
export { messages, type SpliceAnswer, spliceProtocol } from "./protocol.ts";
export { readExactly } from "./read-exactly.ts";
export { createSplices, type Splices } from "./splices.ts";
