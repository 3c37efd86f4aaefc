import { expect } from "chai";
import { z } from "zod";
import { createClient } from "../../../node/api/client.ts";
import { route } from "../../../node/api/route.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { answerEndlessly, serveHttp } from "../../harness/http-server.ts";

const look = route({
  method: "GET",
  path: "/look",
  access: "public",
  summary: "",
  input: z.object({}),
  output: z.object({ seen: z.string() }),
  errors: [],
});

describe("api/client", () => {
  const serve = serveHttp();
  const lookAt = (baseUrl: string, signal?: AbortSignal, timeoutMs?: number) =>
    createClient({ baseUrl, timeoutMs }).call(look, {}, { signal });

  it("reads an answer that comes in parts, even in the middle of a character", async () => {
    const url = await serve((_, response) => {
      const bytes = Buffer.from('{"seen":"ç"}');
      response.write(bytes.subarray(0, 10));
      setImmediate(() => response.end(bytes.subarray(10)));
    });
    expect(await lookAt(url)).to.deep.equal({ seen: "ç" });
  });

  it("names the server that does not answer, nor in time", async () => {
    const url = await serve(() => undefined);
    const { details } = await expectCode(lookAt(url, undefined, 50), "DAEMON_UNREACHABLE");
    expect(details).to.deep.equal({ url });
  });

  it("asks nothing when told to end before", async () => {
    let requests = 0;
    const url = await serve(() => requests++);
    await expectCode(lookAt(url, AbortSignal.abort()), "DAEMON_UNREACHABLE");
    expect(requests).to.equal(0);
  });

  for (const begun of ["", '{"seen":']) {
    it(`ends and closes its connection when told to, ${begun ? "within" : "before"} the answer`, async () => {
      const stopping = new AbortController();
      const closed = Promise.withResolvers<void>();
      const url = await serve((_, response) => {
        response.on("close", closed.resolve);
        if (begun) response.write(begun, () => stopping.abort());
        else stopping.abort();
      });
      const error = await lookAt(url, stopping.signal).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ShadowMeshError);
      await closed.promise;
    });
  }

  it("stops reading an answer over 10 MiB", async () => {
    await expectCode(lookAt(await serve(answerEndlessly)), "ANSWER_INVALID");
  });

  it("follows no redirect", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/look") response.writeHead(307, { location: "/elsewhere" }).end();
      else response.end('{"seen":"elsewhere"}');
    });
    await expectCode(lookAt(url), "DAEMON_UNREACHABLE");
  });

  it("refuses what is not of the route's shape, and an error of no shape", async () => {
    const answers = ['{"heard":"x"}', "<html>"];
    const url = await serve((_, response) => response.end(answers.shift()));
    await expectCode(lookAt(url), "ANSWER_INVALID");
    await expectCode(lookAt(url), "ANSWER_INVALID");
    const refusing = await serve((_, response) => response.writeHead(503).end("busy"));
    const { details } = await expectCode(lookAt(refusing), "ANSWER_INVALID");
    expect(details).to.deep.equal({ status: 503 });
  });
});
