import { type Client, createClient } from "../api/client.ts";
import type { ClientConfig } from "../api/transport.ts";
import { backboneErrors } from "./errors.ts";

/**
 * Makes a client of a backbone's API.
 *
 * @throws BACKBONE_AWAY, ANSWER_INVALID, and whatever code the route names
 */
export function createBackboneClient(config: Omit<ClientConfig, "unreachable">): Client {
  return createClient({ ...config, unreachable: backboneErrors.BACKBONE_AWAY });
}
