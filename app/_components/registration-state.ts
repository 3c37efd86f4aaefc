import type { NodeStatus } from "../../node/api/daemon.ts";

/** Whether the contract knows this node; unknown where it never said so and cannot be asked now. */
export function registrationState({ registration, chain }: NodeStatus): "registered" | "unregistered" | "unknown" {
  if (registration !== null) return "registered";
  return chain.state === "connected" ? "unregistered" : "unknown";
}
