export { executeUpgrade, upgrade } from "./upgrade.ts";
