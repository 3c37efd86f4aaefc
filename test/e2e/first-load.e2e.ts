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
