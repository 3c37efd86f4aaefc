export { createWelcomeStore, unseen } from "./memory.ts";
export { createWelcome, type Welcome } from "./welcome.ts";
