import { text } from "node:stream/consumers";
import { expect } from "chai";
import { z } from "zod";
import { route } from "../../../../node/api/route.ts";
import { createServer } from "../../../../node/api/server.ts";
import { commonErrors, ShadowMeshError } from "../../../../node/core/errors.ts";
import { createTracing, traced } from "../../../../node/core/tracing/index.ts";
import { serveHttp } from "../../../harness/http-server.ts";
import { soon } from "../../../harness/mesh.ts";
import { silent } from "../../api/fixture.ts";

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string } }[];
  status: { code?: number };
}

const hello = route({
  method: "GET",
  path: "/api/hello",
  access: "public",
  summary: "Says hello.",
  input: z.object({}),
  output: z.object({ hello: z.string() }),
  errors: [],
});

describe("core/tracing", function () {
  this.timeout(60_000);
  const serve = serveHttp();
  let endpoint: string;
  let bodies: string[];

  beforeEach(async () => {
    bodies = [];
    endpoint = await serve(async (request, response) => {
      bodies.push(`${request.method} ${request.url}\n${await text(request)}`);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });

  const spans = (): Span[] =>
    bodies.flatMap((body) => {
      const [request = "", sent = ""] = body.split(/\n(.*)/s);
      expect(request).to.equal("POST /v1/traces");
      const { resourceSpans } = JSON.parse(sent) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    });

  it("sends a request and what runs in it as one trace, with error codes and nothing that names a peer", async () => {
    const tracing = createTracing({ endpoint, sampleRatio: 1 });
    await tracing.start(soon());
    const server = await createServer({ host: "127.0.0.1", port: 0 }, { log: silent });
    const peer = "0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0";
    server.handle(hello, async () => {
      await traced(
        "inner",
        async () => "global-dht",
        (source) => ({ "lookup.source": source }),
      );
      await traced("failing", async () => {
        throw new ShadowMeshError(commonErrors.INTERNAL, { message: `cannot reach ${peer}`, details: { peer } });
      }).catch(() => undefined);
      return { hello: "world" };
    });
    await server.start(soon());
    expect((await fetch(`${server.url}/api/hello`)).status).to.equal(200);
    await server.stop();
    await tracing.stop();

    const [request, inner, failing] = ["GET /api/hello", "inner", "failing"].map((name) =>
      spans().find((span) => span.name === name),
    );
    expect(inner).to.include({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(failing).to.include({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(inner?.attributes).to.deep.equal([{ key: "lookup.source", value: { stringValue: "global-dht" } }]);
    expect(failing?.attributes).to.deep.equal([{ key: "error.type", value: { stringValue: "INTERNAL" } }]);
    expect(failing?.status.code).to.equal(2);
    expect(bodies.join()).to.include("service.name").and.to.not.include(peer);
  });

  it("sends nothing unless it is told where to", async () => {
    const tracing = createTracing({ endpoint: null, sampleRatio: 1 });
    await tracing.start(soon());
    expect(await traced("alone", async () => 1)).to.equal(1);
    await tracing.stop();
    expect(bodies).to.deep.equal([]);
  });

  it("keeps no trace at a ratio of nought", async () => {
    const tracing = createTracing({ endpoint, sampleRatio: 0 });
    await tracing.start(soon());
    await traced("dropped", async () => undefined);
    await tracing.stop();
    expect(bodies).to.deep.equal([]);
  });

  it("stops though the collector is away", async () => {
    const tracing = createTracing({ endpoint: "http://127.0.0.1:9", sampleRatio: 1 });
    await tracing.start(soon());
    await traced("lost", async () => undefined);
    await tracing.stop();
  });
});
