export { punchErrors } from "./errors.ts";
export { createPunch, type Punch } from "./punch.ts";
export { createPunchedRung } from "./rung.ts";
