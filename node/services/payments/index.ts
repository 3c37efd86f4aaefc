export { paymentsConfigSchema } from "./config.ts";
export { createPayments, type Payments } from "./payments.ts";
