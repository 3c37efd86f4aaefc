import { z } from "zod";
import { route } from "../../api/route.ts";
import { aggregateSchema, poolEventSchema } from "../../backbone/pool/api.ts";
import { membershipErrors } from "../membership/errors.ts";

export const poolViewRoutes = {
  poolAggregate: route({
    method: "GET",
    path: "/api/pool/aggregate",
    access: "owner",
    summary: "What all devices that are online offer together, as this node's backbone has it.",
    input: z.object({}),
    output: aggregateSchema,
    errors: [membershipErrors.BACKBONE_UNREACHABLE],
  }),
  poolEvents: route({
    method: "GET",
    path: "/api/pool/events",
    access: "owner",
    summary: "The events of the pool at this node's backbone, handed on as they come (`text/event-stream`).",
    input: z.object({}),
    output: poolEventSchema,
    errors: [membershipErrors.BACKBONE_UNREACHABLE],
    stream: true,
  }),
};
