import { defineErrors } from "../../core/errors.ts";

export const poolViewErrors = defineErrors({
  POOL_UNREACHABLE: {
    status: 503,
    summary: "This node has no backbone that tells of the pool now.",
    action: "The page asks again by itself; `shadowmesh status` says whether the node is signed in with a backbone.",
  },
});
