import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { buildGui } from "../../scripts/build.ts";
import { root } from "../../scripts/root.ts";
import { pageScripts } from "../bench/gui/scripts.ts";

/** In kB of 1,000 bytes, gzipped: just above what each page loads now. React and Next have 137 of them. */
const limits: Record<string, number> = { "/admin/": 200 };
const limit = 183;

test("no page loads more script at first than it needs", async () => {
  await buildGui();
  const pages = pageScripts(join(root, "out"));
  expect(pages.length).toBeGreaterThan(8);
  expect(pages.filter(({ path, kB }) => kB > (limits[path] ?? limit))).toEqual([]);
});
