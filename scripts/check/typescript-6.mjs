// knip and dependency-cruiser parse with TypeScript's JavaScript API, which TypeScript 7 (native) no longer has.
// Preloaded with --import, this gives them the TypeScript 6 that @ts-morph/common bundles, under the name they ask for.
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const bundled = join(dirname(createRequire(import.meta.url).resolve("@ts-morph/common")), "typescript.js");
const substitutes = new Map([
  ["typescript", pathToFileURL(bundled).href],
  ["typescript/package.json", new URL("typescript-6.json", import.meta.url).href],
]);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = substitutes.get(specifier);
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
  },
});
