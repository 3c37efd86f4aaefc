// The import rules of docs/ARCHITECTURE.md. Imports run one way:
// contracts/generated <- node/core <- node/services, node/backbone <- node/daemon.ts and its neighbours.

/** What a page may load of the daemon's sources. */
const browserSafe = [
  "^node/api/(api-keys|client|daemon|diagnostics|error-body|errors|route|routes|settings|terms|transport|vocabulary|welcome)\\.ts$",
  "^node/services/[^/]+/(api|errors)\\.ts$",
  "^node/backbone/errors\\.ts$",
  "^node/backbone/[^/]+/errors\\.ts$",
  // The pool's page shows what the daemon hands on; the admin's page is the backbone's own.
  "^node/backbone/(admin|audit|pool)/api\\.ts$",
  "^node/core/(errors|schema|vocabulary)\\.ts$",
  // Both read the chain's events in the same ranges, and what governance has decided.
  "^node/core/chain/(decisions|scan-logs|voucher-batch)\\.ts$",
  // Scores are replayed in the page as well.
  "^node/core/evidence/[^/]+\\.ts$",
  "^node/core/identity/peer-id\\.ts$",
  "^node/core/records/statement\\.ts$",
  "^node/core/[^/]+/errors\\.ts$",
  "^node/core/overlay/[^/]+/errors\\.ts$",
  "^contracts/(generated|deployments)/",
];

const error = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    error("no-cycles", "Two modules that need each other are one module, or miss a third.", {}, { circular: true }),
    error("resolvable", "Every import leads somewhere.", {}, { couldNotResolve: true }),
    error(
      "generated-is-a-leaf",
      "What is generated from the contracts imports nothing.",
      { path: "^contracts/generated/" },
      { pathNot: "^contracts/generated/" },
    ),
    error(
      "errors-are-leaves",
      "Lists of error codes import only the error class, so that anything may import them.",
      { path: "^node/.+/errors\\.ts$", pathNot: "^node/core/errors\\.ts$" },
      { path: "^(node|app|scripts|contracts)/", pathNot: "^node/core/errors\\.ts$" },
    ),
    error(
      "schema-is-a-leaf",
      "node/core/schema.ts is the vocabulary of all rooms, with that of pages that do without zod: it imports none of them.",
      { path: "^node/core/(schema|vocabulary)\\.ts$" },
      { path: "^(node|app|scripts|contracts)/", pathNot: "^node/core/vocabulary\\.ts$" },
    ),
    error(
      "core-stands-alone",
      "node/core is what services, backbone and API stand on: it knows none of them.",
      { path: "^node/core/" },
      { path: "^(node|app|scripts)/", pathNot: "^node/core/" },
    ),
    error(
      "api-is-an-edge",
      "node/api knows the daemon's services by their routes alone, and of the core what every edge needs.",
      { path: "^node/api/" },
      {
        path: "^(node|app|scripts)/",
        pathNot: ["^node/(api|core)/", "^node/services/[^/]+/(api|errors)\\.ts$"],
      },
    ),
    error(
      "services-stay-apart",
      "A service names a small port in its deps, and the composition root passes its sibling.",
      { path: "^node/services/([^/]+)/" },
      { path: "^node/services/", pathNot: "^node/services/$1/" },
    ),
    error(
      "services-stand-on-core",
      "A service reaches the core and the definitions of routes; it calls the backbone as any client does.",
      { path: "^node/services/", pathNot: "^node/services/[^/]+/cli\\.ts$" },
      {
        path: "^(node|app|scripts)/",
        pathNot: [
          "^node/(core|services)/",
          "^node/api/(client|daemon|route)\\.ts$",
          "^node/backbone/(api|client|errors)\\.ts$",
          "^node/backbone/pool/(api|errors)\\.ts$",
        ],
      },
    ),
    error(
      "commands-of-services",
      "A service's command talks to the daemon over its API.",
      { path: "^node/services/[^/]+/cli\\.ts$" },
      { path: "^(app|scripts|node/(backbone|daemon\\.ts|main\\.ts))" },
    ),
    error(
      "backbone-stands-on-core",
      "The backbone is a role of its own: it knows the core and the HTTP server, and no service.",
      { path: "^node/backbone/" },
      { path: "^(node|app|scripts)/", pathNot: ["^node/(core|backbone|api)/"] },
    ),
    error(
      "services-have-doors",
      "From outside, a service is its index.ts, api.ts, errors.ts, config.ts and cli.ts.",
      { path: "^(node|app|scripts)/", pathNot: "^node/services/" },
      { path: "^node/services/", pathNot: "^node/services/[^/]+/(index|api|errors|config|cli)\\.ts$" },
    ),
    error(
      "routes-are-the-door-to-apis",
      "The daemon's routes come together in node/api/routes.ts; GUI, commands and tests may name one service's.",
      { path: "^node/(api|core|backbone)/", pathNot: "^node/api/routes\\.ts$" },
      { path: "^node/services/[^/]+/api\\.ts$" },
    ),
    error(
      "app-is-browser-safe",
      "The GUI reaches the daemon over HTTP: only the definitions of its routes and errors are shared.",
      { path: "^app/" },
      { path: "^(node|scripts|contracts|test)/", pathNot: browserSafe },
    ),
    error(
      "app-reaches-no-node-built-in",
      "Not even through others: a page has no node:crypto.",
      { path: "^app/" },
      { path: ["^node/(core|api|services|backbone)/"], reachable: true, pathNot: browserSafe },
    ),
    error(
      "browser-safe-needs-no-node",
      "What pages load imports no Node built-in.",
      { path: ["^app/", ...browserSafe] },
      { dependencyTypes: ["core"] },
    ),
    error(
      "wallets-know-wagmi",
      "wagmi and RainbowKit are known to app/_shared/chain/wallet alone.",
      { path: "^app/", pathNot: "^app/_shared/chain/wallet/" },
      { path: "node_modules/(@?wagmi|@rainbow-me)/" },
    ),
    error(
      "wallet-code-comes-when-asked-for",
      "It is large: whoever needs it imports it on demand.",
      { path: "^app/", pathNot: "^app/_shared/chain/wallet/" },
      { path: "^app/_shared/chain/wallet/", dynamic: false, dependencyTypesNot: ["type-only"] },
    ),
    error(
      "rooms-of-the-gui-stay-apart",
      "What two rooms need lives in app/_shared.",
      { path: "^app/([a-z][^/]*)/" },
      { path: "^app/[a-z][^/]*/", pathNot: "^app/$1/" },
    ),
    error(
      "shared-knows-no-room",
      "app/_shared is what rooms stand on.",
      { path: "^app/_shared/" },
      { path: "^app/([a-z][^/]*|_components)/" },
    ),
    error(
      "links-load-when-wanted",
      "Next's own link loads what it leads to on sight: app/_shared/ui/link.tsx waits until somebody points at it.",
      { path: "^app/", pathNot: ["^app/_shared/ui/link\\.tsx$", "^app/network/_components/node-table\\.tsx$"] },
      { path: "node_modules/next/link" },
    ),
    error(
      "later-code-may-fail-to-load",
      "next/dynamic puts the failure in the place of the whole page: app/_shared/ui/later.tsx says it where it happens.",
      { path: "^app/" },
      { path: "node_modules/next/dynamic" },
    ),
    error(
      "tests-are-outside",
      "Nothing that is shipped imports a test.",
      { path: "^(node|app|contracts)/" },
      { path: "^test/" },
    ),
    error(
      "scripts-boot-the-harness",
      "Scripts share the harness, the benches' figures and the fuzzing of messages with the tests, and nothing else.",
      { path: "^scripts/" },
      { path: "^test/", pathNot: "^test/(harness|bench|wire)/" },
    ),
    error(
      "production-needs-no-scripts",
      "What is shipped does not need what builds it.",
      { path: "^(node|app|contracts)/" },
      { path: "^scripts/" },
    ),
    error(
      "production-needs-no-dev-dependency",
      "What runs in production is a dependency; types alone may be a devDependency.",
      { path: "^(node|app|contracts)/", pathNot: "drizzle\\.config\\.ts$" },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    ),
    error(
      "dependencies-are-declared",
      "What is imported stands in package.json.",
      { path: "^(node|app|contracts|scripts|test)/" },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^app/_shared/chain/connectors/", "^\\.next/", "^contracts/mocks/"] },
    // Imports of types count too: a module that needs another's types knows it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json", ".css", ".d.ts"],
    },
    moduleSystems: ["es6", "cjs"],
    cache: false,
  },
};
