import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect } from "chai";
import { createEventStream } from "../../../../node/backbone/pool/event-stream.ts";
import { until } from "../../../harness/until.ts";
import { followEvents } from "./fixture.ts";

const eventsAtOnce = 1_000;
/** What may wait for a client, and the events that are told at once. */
const maxWaitingBytes = 512 * 1_024 + eventsAtOnce * 300;

describe("backbone/pool/event-stream", function () {
  this.timeout(120_000);

  it("cuts a client that does not read, after a bounded amount, and tells all others everything", async () => {
    const stopping = new AbortController();
    const stream = createEventStream({ maxClients: 2 });
    const responses: ServerResponse[] = [];
    const server = createServer((_, response) => {
      responses.push(response);
      stream.follow(response, null, stopping.signal);
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
});
