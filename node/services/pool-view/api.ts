import { z } from "zod";
import { route } from "../../api/route.ts";
import { aggregateSchema, poolEventSchema } from "../../backbone/pool/api.ts";
import { poolViewErrors } from "./errors.ts";

export const poolViewRoutes = {
  poolAggregate: route({
    method: "GET",
    path: "/api/pool/aggregate",
    access: "owner",
    summary: "What all devices that are online offer together, as a backbone that this node knows has it.",
    input: z.object({}),
    output: aggregateSchema,
    errors: [poolViewErrors.POOL_UNREACHABLE],
  }),
  poolEvents: route({
    method: "GET",
    path: "/api/pool/events",
    access: "owner",
    summary: "The events of the pool at a backbone that this node knows, handed on as they come (`text/event-stream`).",
    input: z.object({}),
    output: poolEventSchema,
    errors: [poolViewErrors.POOL_UNREACHABLE],
    stream: "text/event-stream",
  }),
};
