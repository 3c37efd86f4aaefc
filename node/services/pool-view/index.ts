export { createPoolView, type PoolView } from "./pool-view.ts";
