export { relayConfigSchema } from "./config.ts";
export { createReservations, type Reservations } from "./reservations.ts";
export { createRelayServer, type RelayServer } from "./server.ts";
