import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { generateSync } from "otplib";
import type { Network } from "../../scripts/network/index.ts";

const stepMs = 30_000;

/** An authenticator that knows a secret. Each code works once, so that a further one may have to be waited for. */
export function createAuthenticator(secret: string) {
  let usedStep = 0;
  const codeOf = (step: number) => generateSync({ secret, epoch: (step * stepMs) / 1_000 });
  return {
    /** The code of the next half minute, which the backbone takes already: it stays good for as long as there is. */
    async nextCode(): Promise<string> {
      let step = 0;
      await expect
        .poll(() => {
          step = Math.floor(Date.now() / stepMs) + 1;
          return step;
        })
        .toBeGreaterThan(usedStep);
      usedStep = step;
      return codeOf(step);
    },
    /** The code that was shown last. */
    usedCode: () => codeOf(usedStep),
    /** Six digits that are none of its codes for now. */
    wrongCode() {
      const now = Math.floor(Date.now() / stepMs);
      const right = [-3, -2, -1, 0, 1, 2, 3].map((drift) => codeOf(now + drift));
      return ["000000", "000001", "000002", "000003", "000004", "000005", "000006", "000007"].find(
        (code) => !right.includes(code),
      ) as string;
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;

export const adminUrl = (network: Network) => `${network.backboneUrl("backbone")}/admin/`;

/** From the page to the issuer, and back with the first factor. An issuer that knows the browser asks for no password. */
export async function signInAtIssuer(page: Page, accountFile: string, known = false): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  if (!known) {
    const { name, password } = JSON.parse(await readFile(accountFile, "utf8"));
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByText("Signed in as admin@localhost")).toBeVisible();
}

export async function showCode(page: Page, label: string | RegExp, code: string): Promise<void> {
  await page.getByLabel(label).fill(code);
  await page.getByRole("button", { name: "Confirm" }).click();
}
