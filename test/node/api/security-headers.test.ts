import helmet from "@fastify/helmet";
import { expect } from "chai";
import fastify from "fastify";
import { createSecurityHeaders } from "../../../node/api/security-headers.ts";

/** What the library itself sets on an answer. */
async function headersOfHelmet(hsts: boolean, crossOrigin: boolean) {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: false,
    hsts,
    referrerPolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
    crossOriginResourcePolicy: { policy: crossOrigin ? "cross-origin" : "same-origin" },
  });
  app.get("/", async (_, reply) => reply.raw.getHeaders());
  return (await app.inject("/")).json();
}

describe("api/security-headers", () => {
  for (const hsts of [false, true]) {
    for (const crossOrigin of [false, true]) {
      it(`are helmet's, ${hsts ? "with" : "without"} HSTS, for ${crossOrigin ? "every origin" : "one's own"}`, async () => {
        const { "content-security-policy": csp, ...others } = createSecurityHeaders({
          hsts,
          crossOrigin,
          csp: "default-src 'none'",
        });
        expect(csp).to.equal("default-src 'none'");
        expect(others).to.deep.equal(await headersOfHelmet(hsts, crossOrigin));
      });
    }
  }
});
