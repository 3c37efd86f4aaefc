import { expect } from "chai";
import { createPublicClient, HttpRequestError, ResponseBodyTooLargeError } from "viem";
import { rpc } from "../../../../node/core/chain/rpc.ts";
import { answerEndlessly, serveHttp } from "../../../harness/http-server.ts";

describe("core/chain/rpc", () => {
  const serve = serveHttp();
  const failureOf = (url: string, timeoutMs?: number): Promise<unknown> =>
    createPublicClient({ transport: rpc(url, { retryCount: 0, timeoutMs }) })
      .getChainId()
      .then(
        () => expect.fail("it did not fail"),
        (error) => error,
      );

  it("gives up on an answer that begins and does not end", async () => {
    const url = await serve((_, response) => response.write("{"));
    const error = await failureOf(url, 50);
    expect(error).to.be.instanceOf(HttpRequestError);
    expect((error as HttpRequestError).details).to.match(/timeout/);
  });

  it("stops reading an answer over 10 MiB", async () => {
    expect(await failureOf(await serve(answerEndlessly))).to.be.instanceOf(ResponseBodyTooLargeError);
  });
});
