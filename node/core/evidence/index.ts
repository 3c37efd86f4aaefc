export { evidenceErrors } from "./errors.ts";
