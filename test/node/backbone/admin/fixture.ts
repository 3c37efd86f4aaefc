import { generateSync } from "otplib";
import type { AdminConfig } from "../../../../node/backbone/index.ts";
import { type IssuerAccount, startIssuer } from "../../../../scripts/network/issuer/issuer.ts";
import { type Answer, createClock, send } from "../../api/fixture.ts";
import { createTestChain, startBackbone, type TestDatabase } from "../fixture.ts";

export const pageUrl = "https://admin.example.org/admin/";
export const origin = new URL(pageUrl).origin;

const account = (name: string, fields: Partial<IssuerAccount> = {}): IssuerAccount => ({
  name,
  password: `${name}'s password`,
  email: `${name}@example.org`,
  emailVerified: true,
  groups: [],
  ...fields,
});
/** The operators are for tests that need an account of their own. Ada is an admin by her subject, Grace by her group, Edith by her address; the others are none. */
const accounts = [
  ...Array.from({ length: 9 }, (_, index) => account(`operator-${index + 1}`, { groups: ["operators"] })),
  account("ada"),
  account("grace", { groups: ["staff", "operators"] }),
  account("edith"),
  account("mallory", { email: "edith@example.org", emailVerified: false, groups: ["staff"] }),
];

export const startTestIssuer = () =>
  startIssuer({ port: 0, clientId: "shadowmesh", redirectUris: [pageUrl], accounts });

/** A backbone whose admins sign in at an issuer. */
export function startAdminBackbone(
  settings: Awaited<ReturnType<TestDatabase["open"]>>,
  issuer: { url: string },
  // The issuer's clock is the real one, and its tokens are checked by it.
  clock = createClock(Date.now()),
  admin: Partial<AdminConfig> = {},
) {
  const admins = { subjects: ["ada"], groups: ["operators"], emails: ["edith@example.org"] };
  // Each backbone here has an identity of its own, and several may stand on one database.
  const secondFactorSecrets = ["shared by the instances of a test"];
  return startBackbone(
    {
      ...settings,
      trustProxy: ["127.0.0.1"],
      admin: { issuer: issuer.url, pageUrl, secondFactorSecrets, ...admins, ...admin },
    },
    createTestChain(),
    clock,
  );
}

/** A browser on the admin's page, behind a proxy: it keeps cookies, and sends what a page of ours sends. */
export function createBrowser(baseUrl: () => string, address = "192.0.2.1") {
  const cookies = new Map<string, string>();
  let csrfToken: string | undefined;

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await send(`${baseUrl()}${path}`, {
      method,
      headers: {
        "x-forwarded-for": address,
        ...(cookies.size > 0 && { cookie: cookieHeader(cookies) }),
        ...(method !== "GET" && { origin }),
        ...(csrfToken !== undefined && { "x-csrf-token": csrfToken }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    keepCookies(cookies, answer.headers["set-cookie"]);
    if (answer.json?.csrfToken !== undefined) csrfToken = answer.json.csrfToken;
    return answer;
  }
  const post = (path: string, body: unknown = {}, headers?: Record<string, string>) =>
    call("POST", `/v1/admin/${path}`, body, headers);

  const browser = {
    cookies,
    get: (path: string, headers?: Record<string, string>) => call("GET", `/v1/admin/${path}`, undefined, headers),
    post,
    remove: (path: string) => call("DELETE", `/v1/admin/${path}`),
    get csrfToken() {
      return csrfToken;
    },
    forgetCsrfToken() {
      csrfToken = undefined;
    },
    /** As far as the issuer; returns the query that it sends the browser back with. */
    async atIssuer(name: string): Promise<string> {
      return signInAtIssuer((await post("sign-in")).json.url, name, `${name}'s password`);
    },
    /** The first factor. */
    signIn: async (name: string): Promise<Answer> =>
      post("sign-in/complete", { parameters: await browser.atIssuer(name) }),
    verify: (code: string) => post("second-factor/verify", { code }),
    /** Both factors, the second one enrolled now; returns its secret and the recovery codes. */
    async enrol(name: string, nowMs: number): Promise<{ secret: string; recoveryCodes: string[] }> {
      await browser.signIn(name);
      const secret = secretOf(await post("second-factor/enrol"));
      const { recoveryCodes } = (await browser.verify(codeAt(secret, nowMs))).json;
      return { secret, recoveryCodes };
    },
  };
  return browser;
}

/** What an authenticator shows. */
export const codeAt = (secret: string, nowMs: number) => generateSync({ secret, epoch: Math.floor(nowMs / 1000) });

export const secretOf = (enrolment: Answer) => new URL(enrolment.json.otpauthUri).searchParams.get("secret") ?? "";

/** Fills the issuer's form in. */
export async function signInAtIssuer(url: string, name: string, password: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = url;
  for (let hops = 0; hops < 10; hops++) {
    const { pathname, origin: issuer } = new URL(next);
    const form = pathname.startsWith("/interaction/");
    const answer = await fetch(next, {
      redirect: "manual",
      method: form ? "POST" : "GET",
      headers: { cookie: cookieHeader(cookies) },
      body: form ? new URLSearchParams({ name, password }) : undefined,
    });
    keepCookies(cookies, answer.headers.getSetCookie());
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`the issuer answered ${answer.status}: ${await answer.text()}`);
    const target = new URL(location, next);
    if (target.origin !== issuer) return target.search;
    next = target.href;
  }
  throw new Error("the issuer sends the browser in circles");
}

const cookieHeader = (cookies: Map<string, string>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");

function keepCookies(cookies: Map<string, string>, lines: string | string[] | undefined): void {
  for (const line of [lines ?? []].flat()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
}
