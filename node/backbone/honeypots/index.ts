export { type HoneypotsConfig, honeypotsConfigSchema } from "./config.ts";
export { createHoneypots } from "./honeypots.ts";
