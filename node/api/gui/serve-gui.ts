import { readFileSync, type Stats } from "node:fs";
import { extname } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpServer } from "../server.ts";
import { pageCsp } from "./csp.ts";
import { createExportedFiles } from "./files.ts";

export interface GuiConfig {
  /** Folder of the Next export. */
  folder: string;
  /** The chain endpoint that pages may call; null for none. */
  rpcUrl: string | null;
  /** Which paths lead to its files; what is served beside them has others. */
  serves(path: string): boolean;
}

/** Paths of the admin's page, which a backbone serves, and of what all pages load. */
export const isAdminPath = (path: string) => path === "/admin" || path.startsWith("/admin/");
export const isSharedPath = (path: string) => path.startsWith("/_next/static/") || /^\/[\w-]+\.svg$/.test(path);

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ShadowMesh</title>
<h1>The GUI is not built yet</h1>
<p>The daemon runs. Build the GUI with <code>npm run build</code>, then load this page again.</p>
<p>Meanwhile the <code>shadowmesh</code> command does the same: try <code>shadowmesh status</code>.</p>
</html>
`;

/** Serves the exported GUI beside the API, each page with the policy that its own inline scripts need. */
export async function serveGui(server: HttpServer, config: GuiConfig): Promise<void> {
  const files = createExportedFiles(config.folder);
  const policies = new Map<string, { builtAtMs: number; csp: string }>();

  /** Of a page that is sent in one of its forms. */
  function policyOf(path: string, sent: string, { mtimeMs }: Stats): string {
    const known = policies.get(sent);
    if (known?.builtAtMs === mtimeMs) return known.csp;
    const csp = pageCsp(readFileSync(path, "utf8"), config.rpcUrl);
    policies.set(sent, { builtAtMs: mtimeMs, csp });
    return csp;
  }

  await server.fastify.register(fastifyStatic, {
    serve: false,
    root: config.folder,
    // The root may appear later, with the first build.
    suppressWarning: true,
    cacheControl: false,
    // The build lays them beside: a page is a third of its size on the way to a phone.
    preCompressed: true,
    setHeaders(reply, sent, stats) {
      const path = sent.replace(/\.(br|gz)$/, "");
      const hashedName = path.replaceAll("\\", "/").includes("/_next/static/");
      reply.header("cache-control", hashedName ? "public, max-age=31536000, immutable" : "no-cache");
      if (extname(path) === ".html") reply.header("content-security-policy", policyOf(path, sent, stats));
    },
  });

  server.fastify.get("/*", async (request: FastifyRequest, reply: FastifyReply) => {
    const { path, query } = split(request.url);
    if (path === null || !config.serves(path)) return reply.callNotFound();
    if (!(await files.exists())) return reply.code(503).type("text/html; charset=utf-8").send(notBuilt);
    const found = await files.find(path);
    if (found === null) {
      const { accept } = request.headers;
      const page = accept?.includes("text/html") && config.serves("/404.html") && (await files.find("/404.html"));
      return page ? reply.code(404).sendFile("404.html") : reply.callNotFound();
    }
    if ("redirect" in found) return reply.redirect(`${encodeURI(found.redirect)}${query}`, 308);
    return reply.sendFile(found.file);
  });
}

/** The decoded path, null where its encoding is broken, and the query with its question mark. */
function split(url: string): { path: string | null; query: string } {
  const mark = url.indexOf("?");
  const query = mark < 0 ? "" : url.slice(mark);
  try {
    return { path: decodeURIComponent(mark < 0 ? url : url.slice(0, mark)), query };
  } catch {
    return { path: null, query };
  }
}
