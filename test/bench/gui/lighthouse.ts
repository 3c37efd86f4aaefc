import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import lighthouse, { type Config, desktopConfig, type Flags } from "lighthouse";
import { sections } from "../../../app/_shared/sections.ts";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { members, startNetwork } from "../../../scripts/network/index.ts";
import { freePort } from "../../harness/postgres.ts";
import { type Figure, median } from "../figures.ts";

const categories = { performance: 98, accessibility: 100, "best-practices": 100 } as const;
type Category = keyof typeof categories;
const names = Object.keys(categories) as Category[];

/** The rooms, and what a new owner sees first. */
const paths = [...sections.map(({ href }) => href), "/welcome/"];

interface Form {
  title: string;
  config?: Config;
  aims: Record<Category, number>;
  /** With the page in the browser's cache. @default as on a first visit */
  again?: boolean;
  /** Of each page; of several the middle score counts: what else this machine did in a moment is not the page's. @default 1 */
  visits?: number;
}

const onPhone = { ...categories, performance: 95 };

/** Lighthouse's own two: a desk, and a phone on a slow connection with a quarter of the processor. */
const forms: Record<string, Form> = {
  desktop: { title: "desk", config: desktopConfig, aims: categories },
  mobile: { title: "phone", aims: onPhone, visits: 3 },
  mobileAgain: { title: "phone, again", aims: onPhone, again: true, visits: 3 },
};

/** Scores of 100 of each page as a daemon of a small mesh serves it to its owner: of all pages the least. */
export async function measureLighthouse(executablePath: string, onStep: (step: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
  const network = await startNetwork({
    folder: join(folder, "devnet"),
    newcomerFolder: join(folder, "node"),
    anyPorts: true,
    members: members.slice(0, 2),
    onStep,
  });
  const port = await freePort();
  const browser = await chromium.launchPersistentContext(join(folder, "browser"), {
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--remote-debugging-port=${port}`],
  });
  try {
    const { url } = await network.node("public-1").client.call(daemonRoutes.createSignInLink, {});
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByRole("region", { name: "My node" }).waitFor();
    const figures: Figure[] = [];
    for (const [form, { title, aims, ...how }] of Object.entries(forms)) {
      const least = new Map<Category, { score: number; path: string }>();
      for (const href of paths) {
        onStep(`Lighthouse, ${title}: ${href}`);
        const scores = await scoresOf(new URL(href, url).href, { ...how, port });
        for (const [category, score] of scores) {
          if (score < (least.get(category)?.score ?? 101)) least.set(category, { score, path: href });
        }
      }
      for (const [category, { score, path }] of least) {
        figures.push({
          key: `lighthouse${form[0]?.toUpperCase()}${form.slice(1)}${category.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
          unit: "Score",
          title: `Lighthouse, ${title}: ${category}, least of ${paths.length} pages (${path})`,
          ours: score,
          better: "higher",
          floor: 90,
          aim: aims[category],
        });
      }
    }
    return figures;
  } finally {
    await browser.close();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Visit = Omit<Form, "title" | "aims"> & { port: number };

async function scoresOf(url: string, visit: Visit): Promise<Map<Category, number>> {
  const seen: Map<Category, number>[] = [];
  for (let count = 0; count < (visit.visits ?? 1); count++) {
    // Now and then it misses the beginning of what it recorded, and says to run it again.
    seen.push(await scoresOfVisit(url, visit).catch(() => scoresOfVisit(url, visit)));
  }
  return new Map(names.map((name) => [name, median(seen.map((scores) => scores.get(name) ?? 0))]));
}

async function scoresOfVisit(url: string, { port, config, again = false }: Visit): Promise<Map<Category, number>> {
  // All but what the session is kept in; with it goes the browser's cache.
  const clearStorageTypes: Flags["clearStorageTypes"] = ["service_workers", "cache_storage"];
  const visit = again ? { disableStorageReset: true } : { clearStorageTypes };
  const flags: Flags = { port, logLevel: "error", onlyCategories: names, ...visit };
  const result = await lighthouse(url, flags, config);
  if (!result) throw new Error(`Lighthouse says nothing of ${url}`);
  const { runtimeError, categories: scored, audits } = result.lhr;
  if (runtimeError) throw new Error(`${url}: ${runtimeError.message}`);
  for (const name of names) {
    const failed = scored[name]?.auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9);
    if (failed?.length)
      console.log(
        `    ${name}: ${failed.map(({ id }) => `${id} ${audits[id]?.displayValue ?? ""}`.trim()).join(", ")}`,
      );
  }
  return new Map(names.map((name) => [name, Math.round(100 * (scored[name]?.score ?? 0))]));
}
