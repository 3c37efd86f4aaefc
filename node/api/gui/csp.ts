import { createHash } from "node:crypto";

const scripts = /<script\b((?:[^>"']|"[^"]*"|'[^']*')*)>([\s\S]*?)<\/script\b/gi;

/**
 * The Content-Security-Policy (CSP Level 3) of one exported page: its own files, its inline scripts by their hashes,
 * and connections to itself and the chain's RPC endpoint.
 */
export function pageCsp(html: string, rpcUrl: string | null): string {
  const hashes = new Set<string>();
  // The hash is over what the HTML parser hands on, and that has no carriage returns.
  for (const [, attributes = "", script = ""] of html.replace(/\r\n?/g, "\n").matchAll(scripts)) {
    if (/\bsrc\s*=/i.test(attributes) || script === "") continue;
    hashes.add(`'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  }
  return [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(" "),
    "style-src 'self' 'unsafe-inline'",
    ["connect-src 'self'", ...connectSources(rpcUrl)].join(" "),
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The endpoint's origin over HTTP and over WebSocket: wallets and viem use either. */
function connectSources(rpcUrl: string | null): string[] {
  if (rpcUrl === null || !URL.canParse(rpcUrl)) return [];
  const { protocol, host } = new URL(rpcUrl);
  const secure = protocol === "https:" || protocol === "wss:";
  return secure ? [`https://${host}`, `wss://${host}`] : [`http://${host}`, `ws://${host}`];
}
