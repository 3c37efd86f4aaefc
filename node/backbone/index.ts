export { type AdminConfig, adminConfigSchema } from "./admin/config.ts";
export { type Backbone, type BackboneDeps, type BackboneSettings, createBackbone } from "./backbone.ts";
export { type ChainPorts, createChainPorts } from "./chain-ports.ts";
export { type BackboneConfig, backboneConfigSchema } from "./config.ts";
export { createHealthChain, type HealthChain } from "./health/index.ts";
export { honeypotsConfigSchema } from "./honeypots/index.ts";
export { backbonePoolConfigSchema } from "./pool/index.ts";
export type { RegistrySource } from "./registry/index.ts";
export { webhooksConfigSchema } from "./webhooks/index.ts";
