export { type Admin, createAdmin } from "./admin.ts";
export { adminOrigins } from "./guard.ts";
