export { createDataPort, type DataPort, ticketBytes } from "./data-port.ts";
export { createLanes, type Lane, type LaneEnds, type LaneHandler, type Lanes } from "./lanes.ts";
export { messages, portSchema, type SpliceAnswer, spliceProtocol, ticketSchema } from "./protocol.ts";
export { readExactly } from "./read-exactly.ts";
export { dialTcp, showTicket } from "./sockets.ts";
export { createSplices, type Splices } from "./splices.ts";
