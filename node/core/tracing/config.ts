import { z } from "zod";

export const tracingConfigSchema = z.object({
  /** Collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; null for no traces. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** Share of the traces that are kept. */
  sampleRatio: z.number().min(0).max(1).default(1),
});
export type TracingConfig = z.infer<typeof tracingConfigSchema>;
