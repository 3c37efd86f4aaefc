export { describePortMapping } from "./describe.ts";
export { portMappingErrors } from "./errors.ts";
export { createPortMapping, type PortMapping } from "./port-mapping.ts";
