import { expect } from "chai";
import { z } from "zod";
import { addresses } from "../../../../app/_shared/node/addresses.ts";
import { routes as daemonRoutes } from "../../../../app/_shared/node/definitions.ts";
import { createPageClient } from "../../../../app/_shared/node/page-client.ts";
import { route } from "../../../../node/api/route.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { serveHttp } from "../../../harness/http-server.ts";

const routes = {
  look: route({
    method: "GET",
    path: "/look",
    access: "public",
    summary: "",
    input: z.object({}),
    output: z.object({ seen: z.string() }),
    errors: [],
  }),
};

describe("app/node/page-client", () => {
  const serve = serveHttp();

  /** Answers one text after the other; null for a connection that breaks. */
  async function pageOf(...answers: (string | null)[]) {
    const baseUrl = await serve((_, response) => {
      const answer = answers.shift();
      if (answer === null) response.destroy();
      else response.end(answer);
    });
    let loads = 0;
    const definitions = async () => {
      loads++;
      return routes;
    };
    const client = createPageClient({ baseUrl }, { addresses: { look: routes.look }, definitions });
    return { client, loads: () => loads, look: () => client.call("look", {}) };
  }

  it("takes the answers of the server that served the page, and loads no schema for them", async () => {
    const { look, loads } = await pageOf('{"seen":"x"}', '{"seen":"y"}');
    expect(await look()).to.deep.equal({ seen: "x" });
    expect(await look()).to.deep.equal({ seen: "y" });
    expect(loads()).to.equal(0);
  });

  it("refuses what is no JSON from the first answer on: no daemon is behind this page", async () => {
    const { look } = await pageOf("<html>");
    await expectCode(look(), "ANSWER_INVALID");
  });

  it("checks every answer once the server was away: another version may be back", async () => {
    const { look } = await pageOf('{"seen":"x"}', null, '{"heard":"x"}', '{"seen":"y"}');
    await look();
    await expectCode(look(), "DAEMON_UNREACHABLE");
    await expectCode(look(), "ANSWER_INVALID");
    expect(await look()).to.deep.equal({ seen: "y" });
  });

  it("checks every answer once told that the server may be another", async () => {
    const { client, look } = await pageOf('{"heard":"x"}');
    client.doubt();
    await expectCode(look(), "ANSWER_INVALID");
  });

  it("does not take a call that was given up for a server that is away", async () => {
    const { client, look, loads } = await pageOf('{"seen":"x"}');
    await expectCode(client.call("look", {}, { signal: AbortSignal.abort() }), "DAEMON_UNREACHABLE");
    await look();
    expect(loads()).to.equal(0);
  });

  it("refuses answers where the schemas can no longer be loaded: the server has other files", async () => {
    const baseUrl = await serve((_, response) => response.end('{"seen":"x"}'));
    const gone = async () => Promise.reject(new Error("404"));
    const client = createPageClient<typeof routes>(
      { baseUrl },
      { addresses: { look: routes.look }, definitions: gone },
    );
    client.doubt();
    await expectCode(client.call("look", {}), "ANSWER_INVALID");
  });

  it("knows where each route of the daemon is", () => {
    for (const [name, { method, path }] of Object.entries(daemonRoutes)) {
      expect(addresses[name as keyof typeof addresses]).to.deep.equal({ method, path });
    }
  });
});
