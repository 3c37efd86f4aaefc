import { defineConfig } from "@playwright/test";
import { sizes } from "./accessible.ts";

const longest = /(pages|start|welcome)\.e2e\.ts$/;
/** What a browser without a window of its own does not do: it shows no notifications. */
const windowed = /notifications\.e2e\.ts$/;

const chromium = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const launchOptions = {
  // It draws pages as Chromium does, for a quarter less of a processor.
  executablePath: process.env.HEADLESS_SHELL_PATH ?? chromium,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: ".",
  globalSetup: "./build.ts",
  // The longest first: each of them alone would have the machine to itself at the end.
  projects: [
    { name: "long", testMatch: longest },
    { name: "others", testMatch: "*.e2e.ts", testIgnore: [longest, windowed] },
    { name: "windowed", testMatch: windowed, use: { launchOptions: { ...launchOptions, executablePath: chromium } } },
  ],
  outputDir: "../../test-results/e2e",
  // One mesh of real processes to each file, which boots and breaks it in its own order.
  // More than there are processors: much of a test is waiting.
  workers: 4,
  fullyParallel: false,
  // For what hangs: on a machine that others share, a mesh may take minutes to start.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["json", { outputFile: "../../test-results/e2e.json" }]],
  use: {
    actionTimeout: 60_000,
    viewport: sizes.desktop,
    screenshot: "only-on-failure",
    // A failure is told with the page's content as it was; a trace of each step, which `--trace on` takes, is a tenth of
    // the work.
    trace: "off",
    launchOptions,
  },
});
