export { relayConfigSchema } from "./config.ts";
export { createReservations, listRelays, type Reservations } from "./reservations.ts";
export { createRelayServer, type RelayServer } from "./server.ts";
