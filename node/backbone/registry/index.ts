export { createRegistry, type Registry, type RegistryConfig, type RegistryDeps } from "./registry.ts";
export type { RegistrySource } from "./source.ts";
