/** The handlers of NodeNexus's events. */
export { handleEIP712DomainChanged } from "./governance";
export * from "./nodes";
export * from "./penalties";
export * from "./pools";
export * from "./registry";
export * from "./rewards";
export * from "./scores";
export * from "./unbondings";
