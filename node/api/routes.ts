import { discoveryRoutes } from "../services/discovery/api.ts";
import { healthRoutes } from "../services/health/api.ts";
import { membershipRoutes } from "../services/membership/api.ts";
import { notificationsRoutes } from "../services/notifications/api.ts";
import { paymentsRoutes } from "../services/payments/api.ts";
import { poolRoutes } from "../services/pool/api.ts";
import { poolViewRoutes } from "../services/pool-view/api.ts";
import { throughputRoutes } from "../services/throughput/api.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { daemonRoutes } from "./daemon.ts";
import { diagnosticsRoutes } from "./diagnostics.ts";
import type { Api } from "./route.ts";
import { settingsRoutes } from "./settings.ts";
import { welcomeRoutes } from "./welcome.ts";

/** Every route that the daemon serves to its owner: GUI and command use these same definitions. */
export const routes = {
  ...daemonRoutes,
  ...apiKeyRoutes,
  ...settingsRoutes,
  ...diagnosticsRoutes,
  ...welcomeRoutes,
  ...membershipRoutes,
  ...discoveryRoutes,
  ...healthRoutes,
  ...throughputRoutes,
  ...paymentsRoutes,
  ...poolRoutes,
  ...poolViewRoutes,
  ...notificationsRoutes,
};

export const daemonApi: Api = {
  title: "ShadowMesh daemon",
  description: "The local API that the GUI and the `shadowmesh` command use, on 127.0.0.1.",
  routes,
};
