/** @type {import("next").NextConfig} */
export default {
  // The daemon serves plain files: no Next server at run time, so each route is a folder with an index.html.
  output: "export",
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  typescript: { tsconfigPath: "app/tsconfig.json" },
  // Not set by hand, Next guesses the root from lock files above the repository.
  turbopack: { root: import.meta.dirname },
};
