import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { expectError } from "../../../harness/expect-code.ts";
import { send } from "../../api/fixture.ts";
import { createTestChain, databases, startBackbone, type TestBackbone } from "../fixture.ts";

const html = { accept: "text/html" };

describe("backbone/admin/page", function () {
  this.timeout(180_000);
  const database = (databases[0] ?? expect.fail())();
  let folder: string;
  let made: TestBackbone;
  const get = (path: string, headers = {}) => send(made.url, { path, headers });

  const start = async (issuer: string | null) =>
    startBackbone({ ...(await database.open()), guiFolder: folder, admin: { issuer } }, createTestChain());

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-out-"));
    const files = {
      "index.html": "<script>node()</script>",
      "404.html": "lost",
      "pool/index.html": "pool",
      "admin/index.html": "<script>admin()</script>",
      "_next/static/chunks/a-1.js": "1",
      "icon.svg": "<svg/>",
    };
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    made = await start("http://127.0.0.1:1");
  });
  after(async () => {
    await made?.backbone.stop();
    await database.close();
    await rm(folder, { recursive: true });
  });

  it("is served with what it loads, may connect to its own origin alone, and be framed by nobody", async () => {
    const page = await get("/admin/?code=1&state=2");
    expect(page.status).to.equal(200);
    expect(page.text).to.include("admin()");
    const csp = String(page.headers["content-security-policy"]).split("; ");
    expect(csp).to.include.members(["default-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]);
    expect(page.headers["cache-control"]).to.equal("no-cache");
    expect((await get("/admin")).headers.location).to.equal("/admin/");
    expect((await get("/_next/static/chunks/a-1.js")).text).to.equal("1");
    expect((await get("/icon.svg")).status).to.equal(200);
  });

  it("is the only page: those of a node are not here, and nothing leads out of the folder", async () => {
    for (const path of [
      "/",
      "/index.html",
      "/pool/",
      "/404.html",
      "/_next/",
      "/admin/../pool/",
      "/admin/%2e%2e/pool/",
      "/admin/..%2fpool/index.html",
      "/admin/..%5cpool/index.html",
      "/admin//../pool/index.html",
      "/_next/../pool/index.html",
      "/admin/index.html%00.js",
    ]) {
      expectError(await get(path, html), 404, "NOT_FOUND");
    }
    expect((await get("/v1/aggregate")).status).to.equal(200);
    expectError(await get("/v1/no-such-route", html), 404, "NOT_FOUND");
  });

  it("leaves the traps where they are", async () => {
    expect((await get("/admin/config.json")).json).to.have.property("database");
  });

  it("is not there where there are no admins", async () => {
    const without = await start(null);
    try {
      expectError(await send(without.url, { path: "/admin/", headers: html }), 404, "NOT_FOUND");
    } finally {
      await without.backbone.stop();
    }
  });
});
