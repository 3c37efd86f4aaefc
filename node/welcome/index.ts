export { createWelcomeStore, unseen, type WelcomeStore } from "./memory.ts";
export { createWelcome, type Welcome } from "./welcome.ts";
