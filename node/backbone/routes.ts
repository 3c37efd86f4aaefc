import type { Api } from "../api/route.ts";
import { adminRoutes } from "./admin/api.ts";
import { backboneRoutes } from "./api.ts";
import { auditRoutes } from "./audit/api.ts";
import { poolRoutes } from "./pool/api.ts";

export const backboneApi: Api = {
  title: "ShadowMesh backbone",
  description:
    "The public API of backbones: authentication, the registry of peers, the audit log, the resource pool and its admins.",
  routes: { ...backboneRoutes, ...adminRoutes, ...auditRoutes, ...poolRoutes },
};
