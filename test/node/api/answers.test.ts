import { expect } from "chai";
import { z } from "zod";
import { route } from "../../../node/api/route.ts";
import type { HttpServer } from "../../../node/api/server.ts";
import { defineErrors, ShadowMeshError } from "../../../node/core/errors.ts";
import { createTestServer, send } from "./fixture.ts";

const { AWAY } = defineErrors({ AWAY: { status: 503, summary: "Something is away.", action: "Try again." } });
const count = route({
  method: "GET",
  path: "/count",
  access: "public",
  summary: "",
  input: z.object({}),
  output: z.object({ count: z.number() }),
  errors: [AWAY],
});

describe("api/server answers", () => {
  let server: HttpServer;
  afterEach(() => server.stop());

  async function serve(answer: () => { count: number }, options?: { keepsText: boolean }) {
    server = await createTestServer();
    server.handle(count, answer, options);
    await server.start(AbortSignal.timeout(60_000));
    return async () => send(`${server.url}/count`);
  }

  it("say when to ask again where something is away, as the error says or in five seconds", async () => {
    const details: Record<string, unknown>[] = [{}, { retryAfterMs: 1_500 }];
    const ask = await serve(() => {
      throw new ShadowMeshError(AWAY, { details: details.shift() ?? {} });
    });
    const answers = [await ask(), await ask()];
    expect(answers.map(({ status, headers }) => [status, headers["retry-after"]])).to.deep.equal([
      [503, "5"],
      [503, "2"],
    ]);
  });

  it("are written anew for each request, and kept for the same object only where a route says so", async () => {
    const same = { count: 0 };
    const counting = () => {
      same.count++;
      return same;
    };
    const plain = await serve(counting);
    expect([(await plain()).json, (await plain()).json]).to.deep.equal([{ count: 1 }, { count: 2 }]);
    await server.stop();

    const answers = [same, same, { count: 7 }, same];
    const kept = await serve(() => answers.shift() ?? same, { keepsText: true });
    expect([(await kept()).json, (await kept()).json]).to.deep.equal([{ count: 2 }, { count: 2 }]);
    expect([(await kept()).json, (await kept()).json]).to.deep.equal([{ count: 7 }, { count: 2 }]);
  });
});
