export { createPoolAgent, type PoolAgent } from "./agent.ts";
export { poolConfigSchema } from "./config.ts";
export { createMachine } from "./machine.ts";
export { createPoolStore } from "./memory.ts";
