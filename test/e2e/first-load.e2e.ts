import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../../scripts/root.ts";
import { pageScripts } from "../bench/gui/scripts.ts";

/** Gzipped, just above what the largest page loads now; React and Next have 137 of them. */
const mostKB = 185;

test("no page loads more script at first than it needs", () => {
  const pages = pageScripts(join(root, "out"));
  expect(pages.length).toBeGreaterThan(8);
  expect(pages.filter(({ kB }) => kB > mostKB)).toEqual([]);
});

test("each script is compiled while it loads, not when its functions are called", () => {
  const folder = join(root, "out/_next/static/chunks");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(20);
  const isHinted = (name: string) =>
    readFileSync(join(folder, name), "utf8").startsWith("//# allFunctionsCalledOnLoad\n");
  expect(scripts.filter((name) => !isHinted(name))).toEqual([]);
});
