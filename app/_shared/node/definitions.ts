import "./jitless.ts";

/** What the daemon's answers look like. With zod, so a page loads it when an answer has to be checked, and not before. */
export { routes } from "../../../node/api/routes.ts";
