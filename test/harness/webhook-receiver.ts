import { createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";

const key = randomBytes(32);
export const webhookSecret = `whsec_${key.toString("base64")}`;

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of webhooks that answers what it is told to; on a port of its own, or one that it had before. */
export async function startReceiver({ port: wanted = 0 } = {}) {
  const received: Received[] = [];
  const state = { status: 200, location: "" };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response
        .writeHead(state.status, state.location === "" ? {} : { location: state.location })
        .end("x".repeat(1_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    state,
    port,
    url: `http://127.0.0.1:${port}/alerts`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** As the specification has a receiver check it. */
export function expectSigned({ headers, body }: Received): void {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const signature = createHmac("sha256", key).update(signed).digest("base64");
  expect(headers["webhook-signature"]).to.equal(`v1,${signature}`);
}
