import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { serveGui } from "../../../node/api/gui/index.ts";
import type { HttpServer } from "../../../node/api/server.ts";
import { createTestServer, send } from "./fixture.ts";

const hash = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
const page = (script: string) =>
  `<!DOCTYPE html><html><head><script src="/_next/a.js" async></script><script>${script}</script></head></html>`;

describe("api/gui", () => {
  let root: string;
  let folder: string;
  let server: HttpServer;

  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const get = (path: string, headers: Record<string, string> = {}) => send(server.url, { path, headers });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "shadowmesh-gui-"));
    folder = join(root, "out");
    await mkdir(folder);
    await writeFile(join(root, "secret.txt"), "secret");
    server = await createTestServer();
    server.handle(daemonRoutes.health, () => ({ status: "ok" }));
    await serveGui(server, { folder, rpcUrl: "http://127.0.0.1:8545", serves: (path) => !path.startsWith("/api/") });
    await server.start(AbortSignal.timeout(5000));
  });
  afterEach(async () => {
    await server.stop();
    await rm(root, { recursive: true });
  });

  const build = async () => {
    await write("index.html", page("start()"));
    await write("peers/index.html", page("peers()"));
    await write("404.html", page("lost()"));
    await write("_next/static/chunks/a-1.js", "1");
    await write("icon.svg", "<svg/>");
  };

  it("says how to build the GUI where there is none, and serves it once it is there", async () => {
    const missing = await get("/");
    expect(missing.status).to.equal(503);
    expect(missing.text).to.include("npm run build");
    expect(missing.headers["content-type"]).to.include("text/html");
    await build();
    expect((await get("/")).status).to.equal(200);
  });

  it("serves pages under their trailing slash and leads there", async () => {
    await build();
    expect((await get("/peers/")).text).to.include("peers()");
    const answer = await get("/peers?id=1");
    expect(answer.status).to.equal(308);
    expect(answer.headers.location).to.equal("/peers/?id=1");
  });

  it("gives each page the hashes of its own inline scripts and no others", async () => {
    await build();
    const csp = String((await get("/")).headers["content-security-policy"]);
    const directives = new Map(csp.split("; ").map((text) => [text.split(" ")[0], text.split(" ").slice(1).join(" ")]));
    expect(directives.get("script-src")).to.equal(`'self' ${hash("start()")}`);
    expect(directives.get("connect-src")).to.equal("'self' http://127.0.0.1:8545 ws://127.0.0.1:8545");
    expect(directives.get("style-src")).to.equal("'self' 'unsafe-inline'");
    expect(directives.get("img-src")).to.equal("'self' data:");
    for (const name of ["object-src", "base-uri", "frame-ancestors"])
      expect(directives.get(name), name).to.equal("'none'");
    expect(directives.get("form-action")).to.equal("'self'");
    expect(String((await get("/peers/")).headers["content-security-policy"])).to.include(hash("peers()"));
  });

  it("hashes scripts as a browser does: across lines, with attributes that hold a bracket", async () => {
    const odd = "a > b;\r\nc()";
    await write("index.html", `<SCRIPT data-x="a>b" id='1'>${odd}</SCRIPT><script\nsrc=x></script>`);
    const csp = String((await get("/")).headers["content-security-policy"]);
    expect(csp).to.include(`script-src 'self' ${hash(odd.replace("\r\n", "\n"))};`);
  });

  it("follows a new build", async () => {
    await build();
    await get("/");
    await write("index.html", page("fresh()"));
    await write("chat/index.html", page("chat()"));
    await utimes(join(folder, "index.html"), new Date(), new Date(Date.now() + 5000));
    expect(String((await get("/")).headers["content-security-policy"])).to.include(hash("fresh()"));
    expect((await get("/chat/")).status).to.equal(200);
  });

  it("lets hashed files be kept for ever and asks again for the others", async () => {
    await build();
    const chunk = await get("/_next/static/chunks/a-1.js");
    expect(chunk.headers["cache-control"]).to.equal("public, max-age=31536000, immutable");
    expect(chunk.headers["content-type"]).to.include("javascript");
    const icon = await get("/icon.svg");
    expect(icon.headers["cache-control"]).to.equal("no-cache");
    expect((await get("/icon.svg", { "if-none-match": String(icon.headers.etag) })).status).to.equal(304);
  });

  it("sends what the build has compressed to whom takes it so, with the same type and policy", async () => {
    await build();
    const html = page("start()");
    await writeFile(join(folder, "index.html.br"), brotliCompressSync(html));
    await writeFile(join(folder, "index.html.gz"), gzipSync(html));
    const plain = await fetch(server.url, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).to.equal(null);
    for (const encoding of ["br", "gzip"]) {
      const answer = await fetch(server.url, { headers: { "accept-encoding": encoding } });
      expect(answer.headers.get("content-encoding")).to.equal(encoding);
      expect(answer.headers.get("vary")).to.match(/accept-encoding/i);
      for (const name of ["content-type", "content-security-policy", "cache-control"]) {
        expect(answer.headers.get(name), name).to.equal(plain.headers.get(name));
      }
      expect(await answer.text()).to.equal(html);
    }
  });

  it("answers an unknown page with 404.html and its policy, an unknown file or route with JSON", async () => {
    await build();
    const lost = await get("/lost/", { accept: "text/html,*/*" });
    expect(lost.status).to.equal(404);
    expect(lost.text).to.include("lost()");
    expect(String(lost.headers["content-security-policy"])).to.include(hash("lost()"));
    expect((await get("/lost.js")).json.error.code).to.equal("NOT_FOUND");
    expect((await get("/api/lost", { accept: "text/html" })).json.error.code).to.equal("NOT_FOUND");
  });

  it("keeps the API's routes beside it", async () => {
    await build();
    expect((await get("/healthz")).json).to.deep.equal({ status: "ok" });
  });

  it("never leads out of its folder", async () => {
    await build();
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e%2fsecret.txt",
      "/peers/../../secret.txt",
      "/..%5csecret.txt",
      "//secret.txt",
      "/%00",
      "/index.html%00.js",
      `/${join(root, "secret.txt")}`,
    ]) {
      const answer = await get(path);
      expect([answer.status, answer.json?.error.code], path).to.deep.equal([404, "NOT_FOUND"]);
    }
  });
});
