export { createHealthChain, type HealthChain } from "./chain-port.ts";
export { createHealth, type Health, type HealthDeps } from "./health.ts";
