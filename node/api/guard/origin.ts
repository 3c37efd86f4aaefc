import type { FastifyRequest } from "fastify";
import { ShadowMeshError } from "../../core/errors.ts";
import { apiErrors } from "../daemon.ts";

export interface OriginConfig {
  /** Further `Host` values under which the daemon is reached, such as `node.lan:7777` behind an own proxy. */
  hosts?: readonly string[];
  /** Further origins whose pages may call, such as the GUI's development server. */
  origins?: readonly string[];
}

/**
 * Refuses what another site's page could have sent. The Host list stops DNS rebinding (a foreign name that resolves to
 * 127.0.0.1), Origin and Sec-Fetch-Site (W3C Fetch Metadata) stop cross-site requests.
 *
 * @throws HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(request: FastifyRequest, config: OriginConfig): void {
  const host = request.headers.host?.toLowerCase() ?? "";
  if (!isOwnHost(host, request.socket.localPort, config.hosts)) {
    throw new ShadowMeshError(apiErrors.HOST_NOT_ALLOWED);
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, host, config.origins)) {
    throw new ShadowMeshError(apiErrors.ORIGIN_NOT_ALLOWED);
  }
  const site = request.headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  // Following a link to a page of the GUI is harmless: it carries no Strict cookie and changes nothing.
  const followsLink = request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
  const allowed = origin !== undefined && config.origins?.includes(origin);
  if (!allowed && (!followsLink || request.url.startsWith("/api/"))) {
    throw new ShadowMeshError(apiErrors.ORIGIN_NOT_ALLOWED);
  }
}

function isOwnHost(host: string, port: number | undefined, further: readonly string[] = []): boolean {
  if (further.includes(host)) return true;
  return ["127.0.0.1", "localhost", "[::1]"].some(
    (name) => host === `${name}:${port}` || (port === 80 && host === name),
  );
}

/** `localhost` and `127.0.0.1` are two origins to a browser, so only the very host that was called is our own. */
function isOwnOrigin(origin: string, host: string, further: readonly string[] = []): boolean {
  return origin === `http://${host}` || origin === `https://${host}` || further.includes(origin);
}
