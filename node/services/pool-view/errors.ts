import { defineErrors } from "../../core/errors.ts";

export const poolViewErrors = defineErrors({
  POOL_UNREACHABLE: {
    status: 503,
    summary: "No backbone that this node knows tells of the pool now.",
    action:
      "The page asks again by itself; `shadowmesh status` says whether the chain, which lists the backbones, is connected.",
  },
});
