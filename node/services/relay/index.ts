export { relayConfigSchema } from "./config.ts";
export { createRelayDirectory, type RelayDirectory } from "./directory.ts";
export { createReservations, type Reservations } from "./reservations.ts";
export { createRelayServer, type RelayServer } from "./server.ts";
