import { type Attributes, SpanStatusCode, trace } from "@opentelemetry/api";
import { commonErrors, ShadowMeshError } from "../errors.ts";
import type { Service } from "../service.ts";
import type { TracingConfig } from "./config.ts";

/** Runs something as a span of its own, beneath the one that it runs in; next to free while traces are off. */
export function traced<T>(name: string, run: () => Promise<T>, attributesOf?: (result: T) => Attributes): Promise<T> {
  return trace.getTracer("shadowmesh").startActiveSpan(name, async (span) => {
    try {
      const result = await run();
      if (attributesOf !== undefined) span.setAttributes(attributesOf(result));
      return result;
    } catch (error) {
      // The code alone: messages and details may name peers and addresses.
      span.setAttribute("error.type", ShadowMeshError.is(error) ? error.code : commonErrors.INTERNAL.code);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Sends the spans of this process to a collector for as long as it runs; does nothing where none is configured. */
export function createTracing(config: TracingConfig): Service {
  let stop = async () => {};
  return {
    async start(signal) {
      signal.throwIfAborted();
      if (config.endpoint === null) return;
      // Loaded on demand: nobody else pays for it.
      const { startExport } = await import("./export.ts");
      stop = startExport({ ...config, endpoint: config.endpoint });
    },
    stop: () => stop(),
  };
}
