export { createAnnounceEvidence, createVerifyLocation } from "./locations.ts";
export { createResponder } from "./responder.ts";
