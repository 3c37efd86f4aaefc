export { createAnnounceEvidence, createVerifyLocation } from "./locations.ts";
export { createResponder } from "./responder.ts";
export { createScores, type Scores } from "./scores.ts";
