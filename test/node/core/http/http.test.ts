import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { httpFetch, sendHttp } from "../../../../node/core/http/index.ts";

describe("core/http", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }
  const thrown = (work: Promise<unknown>): Promise<NodeJS.ErrnoException> =>
    work.then(
      () => expect.fail("it did not fail"),
      (error) => error,
    );

  it("sends method, headers and body, and gives status and text", async () => {
    const { url } = await serve(async (request, response) => {
      const body = await request.toArray();
      response.statusCode = 418;
      response.end(`${request.method} ${request.headers["x-test"]} ${Buffer.concat(body)}`);
    });
    const answer = await sendHttp(url, { method: "POST", headers: { "x-test": "a" }, body: "çß" });
    expect(answer).to.deep.equal({ status: 418, text: "POST a çß" });
  });

  it("keeps connections for the next request", async () => {
    const sockets = new Set<Socket>();
    const { url } = await serve((request, response) => {
      sockets.add(request.socket);
      response.end("{}");
    });
    for (let count = 0; count < 5; count++) expect((await httpFetch(url, {})).ok).to.equal(true);
    expect(sockets.size).to.equal(1);
  });

  it("sends again where a kept connection was closed before it was read", async () => {
    let requests = 0;
    const { url } = await serve((request, response) => {
      requests++;
      if (requests === 2) request.socket.resetAndDestroy();
      else response.end("answer");
    });
    await sendHttp(url, {});
    expect((await sendHttp(url, {})).text).to.equal("answer");
    expect(requests).to.equal(3);
  });

  it("throws the system's error where nobody listens", async () => {
    const { url, server } = await serve(() => undefined);
    server.close();
    expect((await thrown(sendHttp(url, {}))).code).to.equal("ECONNREFUSED");
  });

  it("throws the signal's reason, before, while it waits, and while it reads", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/slow") response.write("half");
    });
    const reason = new Error("enough");
    expect(await thrown(sendHttp(url, { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    for (const path of ["/never", "/slow"]) {
      const stopping = new AbortController();
      const request = thrown(sendHttp(`${url}${path}`, { signal: stopping.signal }));
      const server = servers.at(-1) as Server;
      await once(server, "request");
      stopping.abort(reason);
      expect(await request).to.equal(reason);
    }
  });

  it("stops reading an answer over 10 MiB", async () => {
    const { url } = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on("drain", more);
      more();
    });
    expect((await thrown(sendHttp(url, {}))).message).to.match(/over 10485760 bytes/);
  });
});
