import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { root } from "../../scripts/root.ts";

export const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** Artefacts of a run, to be looked at. */
const pictures = join(root, "test-results", "pages");

/**
 * Keeps pictures of a page as it stands, `<name>-desktop-light.png` and so on for both sizes and themes, and finds what is
 * wrong with it as `expectAccessible` does. What was asked for has to be there; what was typed stays.
 */
export const inspect = (page: Page, name: string, options?: { colours: boolean }): Promise<void> =>
  expectAccessible(
    page,
    async (look) => {
      // Not by its role: behind an open dialog nothing has one.
      await expect(page.locator('[aria-label="Loading"], [aria-label="Wird geladen"]')).toHaveCount(0);
      await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    },
    options,
  );

/**
 * Finds what axe takes offence at, in both themes and on a screen of either size; nothing may stand out of the screen.
 * Its rules ask for the theme or for the size, none for both: it looks at each theme on one of the sizes, in half the time.
 * Without `colours`, for a page whose colours were looked at in another language, it is one theme, on both sizes.
 * `onShown` is told once each is on screen, before axe looks: `desktop-light`, `phone-light`, `desktop-dark`, `phone-dark`.
 */
export async function expectAccessible(
  page: Page,
  onShown?: (look: string) => Promise<void>,
  { colours = true } = {},
): Promise<void> {
  const before = page.viewportSize() ?? sizes.desktop;
  const inDark = await page.evaluate(() => window.matchMedia("(prefers-color-scheme: dark)").matches);
  // Colours that are on their way to others are no theme's.
  await page.emulateMedia({ reducedMotion: "reduce" });
  const themes = colours ? (["light", "dark"] as const) : (["light"] as const);
  const rules = { "color-contrast": { enabled: colours } };
  for (const [row, colorScheme] of themes.entries()) {
    for (const [column, [name, size]] of Object.entries(sizes).entries()) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await untilStill(page);
      // A theme that was chosen on the page would hide the other.
      expect([null, colorScheme]).toContain(await page.locator("html").getAttribute("data-theme"));
      await onShown?.(`${name}-${colorScheme}`);
      // Our pages have no frames of other origins, for which axe would open a further page each time; what passes is
      // most of a page, and writing each element of it down would take longer than the rules.
      if (!colours || row === column) {
        const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"], rules });
        const { violations } = await axe.analyze();
        const found = violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
        );
        expect(found, `${colorScheme}, ${size.width} pixels wide`).toEqual([]);
      }
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(beyond, `pixels beyond the screen, ${size.width} wide`).toBeLessThanOrEqual(0);
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: inDark ? "dark" : "light", reducedMotion: null });
}

/** Even the shortest transition takes a frame, which a busy machine may not have drawn. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
  });
}
