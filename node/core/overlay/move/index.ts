export { moveErrors } from "./errors.ts";
export { createMover, type Mover } from "./mover.ts";
