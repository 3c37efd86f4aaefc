export { createThroughput, type Throughput } from "./throughput.ts";
