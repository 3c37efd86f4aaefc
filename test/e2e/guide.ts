import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { root } from "../../scripts/root.ts";

/** Pictures of a run; those that the guides show are copies of them. */
const taken = join(root, "test-results", "guides");

interface Step {
  readonly title: string;
  /** What the text has in bold: names that the reader has to find on the page. */
  readonly names: readonly string[];
  readonly picture: string | null;
}

export interface Guide {
  /**
   * Follows the guide's next step. `look` is called whenever the page may show what the step names: at the end all of it
   * must have been there. With `look({ picture: true })` it is photographed.
   */
  step(
    title: string,
    page: Page,
    act: (look: (options?: { picture?: boolean }) => Promise<void>) => Promise<void>,
  ): Promise<void>;
  /** All steps were followed. */
  end(): void;
}

/** A guide of docs/guides, whose steps are its second headings; a test follows them as their reader would. */
export function openGuide(name: string): Guide {
  const steps = stepsOf(readFileSync(join(root, "docs/guides", `${name}.md`), "utf8"));
  let next = 0;
  return {
    async step(title, page, act) {
      const step = steps[next++];
      expect(title, `step ${next} of the guide`).toBe(step?.title);
      if (!step) return;
      const missing = new Set(step.names);
      let photographed = false;
      const look = async ({ picture = false } = {}) => {
        for (const sought of missing) if (await isSeen(page, sought)) missing.delete(sought);
        if (!picture) return;
        photographed = true;
        expect(step.picture, `the picture of “${title}”`).toBe(`pictures/${name}-${next}.png`);
        await page.screenshot({ path: join(taken, `${name}-${next}.png`), animations: "disabled" });
      };
      await act(look);
      await look();
      expect([...missing], `what “${title}” names and the page never showed`).toEqual([]);
      expect(photographed, `“${title}” shows a picture that nothing takes`).toBe(step.picture !== null);
    },
    end: () => expect(next, "steps of the guide that were followed").toBe(steps.length),
  };
}

async function isSeen(page: Page, name: string): Promise<boolean> {
  const places = page
    .getByRole("button", { name })
    .or(page.getByRole("link", { name }))
    .or(page.getByRole("option", { name }))
    .or(page.getByLabel(name))
    .or(page.getByText(name));
  return places.filter({ visible: true }).first().isVisible();
}

function stepsOf(text: string): Step[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = ""] = part.split("\n");
      const names = [...part.matchAll(/\*\*(.+?)\*\*/g)].map(([, name = ""]) => name);
      return { title, names, picture: /!\[[^\]]*\]\(([^)]+)\)/.exec(part)?.[1] ?? null };
    });
}
