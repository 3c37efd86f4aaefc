export interface SecurityHeadersConfig {
  /** Strict-Transport-Security: for servers behind TLS. */
  hsts: boolean;
  /** Whether pages of other origins may load the answers. */
  crossOrigin: boolean;
  csp: string;
}

/**
 * What helmet sends, as our tests compare it, made once: @fastify/helmet makes its middleware anew for each request, which
 * took as long as all else that the server does with one (test/bench/auth).
 */
export function createSecurityHeaders({ hsts, crossOrigin, csp }: SecurityHeadersConfig): Record<string, string> {
  return {
    "content-security-policy": csp,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": crossOrigin ? "cross-origin" : "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "same-origin",
    ...(hsts && { "strict-transport-security": "max-age=31536000; includeSubDomains" }),
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    // A filter of old browsers that was itself a hole: off.
    "x-xss-protection": "0",
  };
}
