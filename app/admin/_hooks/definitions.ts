import "../../_shared/node/jitless.ts";
import { adminRoutes } from "../../../node/backbone/admin/api.ts";
import { auditRoutes } from "../../../node/backbone/audit/api.ts";
import { poolRoutes } from "../../../node/backbone/pool/api.ts";

/** What the backbone's answers look like; see app/_shared/node/definitions.ts. */
export const routes = { ...adminRoutes, ...auditRoutes, ...poolRoutes };
