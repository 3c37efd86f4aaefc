export { createParkedClients, type ParkedClients } from "./parked-clients.ts";
export { type ParkAnswer, parkProtocol } from "./protocol.ts";
export { createWaiting, type Place, type Waiting } from "./waiting.ts";
