import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect } from "chai";
import { createEventStream } from "../../../../node/backbone/pool/event-stream.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { until } from "../../../harness/until.ts";
import { followEvents } from "./fixture.ts";

const eventsAtOnce = 1_000;
/** What may wait for a client, and the events that are told at once. */
const maxWaitingBytes = 512 * 1_024 + eventsAtOnce * 300;

describe("backbone/pool/event-stream", function () {
  this.timeout(120_000);

  it("cuts a client that does not read, after a bounded amount, and tells all others everything", async () => {
    const stopping = new AbortController();
    const stream = createEventStream({ maxClients: 2, maxOfAddress: 2 });
    const responses: ServerResponse[] = [];
    const server = createServer((_, response) => {
      responses.push(response);
      stream.follow(response, { lastId: null, address: "127.0.0.1" }, stopping.signal);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const slow: Socket = connect(port, "127.0.0.1").on("error", () => undefined);
    slow.pause().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(() => stream.clients === 1);
    const reader = await followEvents(`http://127.0.0.1:${port}`);

    let told = 0;
    let mostWaiting = 0;
    while (stream.cut === 0) {
      const at = new Date().toISOString();
      const events = Array.from({ length: eventsAtOnce }, () => ({
        id: ++told,
        event: { type: "joined", at, node: told, region: "europe", offered: null, code: null } as const,
      }));
      stream.publish(events);
      mostWaiting = Math.max(mostWaiting, ...responses.map(({ writableLength }) => writableLength));
      await until(() => reader.seen.at(-1)?.id === told);
    }
    expect(mostWaiting).to.be.at.most(maxWaitingBytes);
    expect(reader.seen.map(({ id }) => id)).to.deep.equal(Array.from({ length: told }, (_, index) => index + 1));
    await until(() => stream.clients === 1);
    reader.close();
    slow.destroy();
    stopping.abort();
    server.close();
  });

  it("serves so many clients of one address, or /64, and others beside them; who goes makes room", async () => {
    const stopping = new AbortController();
    const stream = createEventStream({ maxClients: 5, maxOfAddress: 2 });
    const server = createServer((request, response) => {
      try {
        stream.follow(response, { lastId: null, address: request.url?.slice(1) ?? "" }, stopping.signal);
      } catch (error) {
        response.writeHead(ShadowMeshError.is(error) ? error.status : 500, { code: (error as { code: string }).code });
        response.end();
      }
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const follow = (address: string) => followEvents(`http://127.0.0.1:${port}`, undefined, `/${address}`);
    try {
      for (const [first, second, third] of [
        ["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"],
        ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:7::7"],
      ] as const) {
        const followers = [await follow(first), await follow(second)];
        expect(followers.map(({ status }) => status)).to.deep.equal([200, 200]);
        expect((await follow(third)).status).to.equal(429);
        followers[0]?.close();
        await until(async () => (await follow(third)).status === 200);
      }
      expect((await follow("198.51.100.1")).status).to.equal(200);
      // As many as are served at all.
      expect((await follow("198.51.100.2")).status).to.equal(503);
    } finally {
      stopping.abort();
      server.close();
    }
  });
});
