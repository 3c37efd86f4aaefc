export { createResponder } from "./responder.ts";
