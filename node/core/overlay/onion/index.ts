export { onionErrors } from "./errors.ts";
export type { HopPolicy } from "./hop.ts";
export { createOnion, type Onion } from "./onion.ts";
