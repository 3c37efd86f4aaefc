export { type BackbonePoolConfig, backbonePoolConfigSchema } from "./config.ts";
export { servePool } from "./http.ts";
export { createPool, type Pool } from "./pool.ts";
