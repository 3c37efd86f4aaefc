import { expect } from "chai";
import type { HttpServer } from "../../../node/api/server.ts";
import { createRateLimitStore, type RateLimitStore } from "../../../node/backbone/redis.ts";
import { expectError } from "../../harness/expect-code.ts";
import { findRedis, type RedisServer, startRedis } from "../../harness/redis.ts";
import { createTestServer, send, silent } from "../api/fixture.ts";
import { eventually } from "./fixture.ts";

const program = findRedis();
if (program === null) console.warn("  ! Redis is not installed here: rate limits are tested within one instance alone");

(program === null ? describe.skip : describe)("backbone/redis", function () {
  this.timeout(180_000);
  let redis: RedisServer;
  const stores: RateLimitStore[] = [];
  const servers: HttpServer[] = [];

  before(async () => {
    redis = await startRedis(program ?? "");
    for (let instance = 0; instance < 2; instance++) {
      const store = createRateLimitStore(redis.url, { log: silent, now: Date.now, timeoutMs: 60_000 });
      const limit = { max: 3, windowMs: 3_600_000 };
      const server = await createTestServer({ rateLimit: limit }, { rateLimitStore: store.client });
      stores.push(store);
      servers.push(server);
      await store.start(AbortSignal.timeout(60_000));
      await server.start(AbortSignal.timeout(60_000));
    }
  });
  after(async () => {
    for (const server of servers) await server.stop();
    for (const store of stores) await store.stop();
    await redis?.stop();
  });

  const ask = (instance: number) => send(`${servers[instance]?.url}/anything`);

  it("counts requests to all instances together", async () => {
    for (const instance of [0, 1, 0]) expectError(await ask(instance), 404, "NOT_FOUND");
    for (const instance of [0, 1]) expectError(await ask(instance), 429, "RATE_LIMITED");
  });

  it("refuses nobody while Redis is away, and counts again once it is back", async () => {
    await redis.halt();
    for (let request = 0; request < 5; request++) expectError(await ask(request % 2), 404, "NOT_FOUND");
    await redis.resume();
    await eventually(
      () => ask(0),
      ({ status }) => status === 429,
    );
    expect((await ask(0)).headers["retry-after"]).to.match(/^\d+$/);
  });
});
