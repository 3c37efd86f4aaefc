export { confirm, connect, type DeployClients } from "./clients.ts";
export { execute } from "./execute.ts";
export { openRun, type RunOptions, type Target } from "./run.ts";
export { type Call, createPlanner, describeCall, type Planner, type Step } from "./steps.ts";
export { writeJson } from "./write-json.ts";
