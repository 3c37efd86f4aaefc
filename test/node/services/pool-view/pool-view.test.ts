import { expect } from "chai";
import { createServer, type HttpServer } from "../../../../node/api/server.ts";
import { poolViewRoutes } from "../../../../node/services/pool-view/api.ts";
import { createPoolView } from "../../../../node/services/pool-view/index.ts";
import { send, silent } from "../../api/fixture.ts";
import {
  createTestChain,
  databases,
  eventually,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../../backbone/fixture.ts";
import { createDevice, type Device, followEvents, sessionOf } from "../../backbone/pool/fixture.ts";

describe("services/pool-view", function () {
  this.timeout(120_000);
  const database = databases[0]?.() as ReturnType<(typeof databases)[number]>;
  const chain = createTestChain();
  let backbone: TestBackbone;
  let server: HttpServer;
  /** The backbones that the node knows. */
  let urls: string[];
  before(async () => {
    backbone = await startBackbone(await database.open(), chain);
    urls = [backbone.url];
    const view = createPoolView({ membership: { backboneUrls: () => urls } });
    server = await createServer(
      { host: "127.0.0.1", port: 0 },
      { log: silent, authorize: { owner: async () => "key" } },
    );
    server.handle(poolViewRoutes.poolAggregate, (_, { signal }) => view.aggregate(signal));
    server.stream(poolViewRoutes.poolEvents, (_, { request, reply, signal }) => {
      const lastEventId = request.headers["last-event-id"];
      return view.follow(reply.raw, typeof lastEventId === "string" ? lastEventId : null, signal);
    });
    await server.start(AbortSignal.timeout(10_000));
  });
  after(async () => {
    await server?.stop();
    await backbone?.backbone.stop();
    await database.close();
  });

  async function join(): Promise<Device> {
    const who = newIdentity();
    chain.set(registrationFor(who.peerId), true);
    const device = createDevice();
    await device.register(backbone, await sessionOf(backbone, who));
    await device.beat(backbone);
    return device;
  }
  const aggregate = () => send(`${server.url}/api/pool/aggregate`);

  it("gives the sums of a backbone that the node knows", async () => {
    await join();
    const { json } = await eventually(aggregate, (answer) => answer.json.totals?.online === 1);
    expect(json.totals).to.include({ cores: 4, gpus: 1 });
    expect(json.regions).to.have.length(1);
  });

  it("hands events on as they come, and to who comes back those that it missed", async () => {
    const first = await followEvents(server.url, undefined, "/api/pool/events");
    expect(first.status).to.equal(200);
    await join();
    await eventually(
      async () => first.seen.at(-1)?.type,
      (type) => type === "joined",
    );
    const last = first.seen.at(-1);
    first.close();
    await join();
    const second = await followEvents(server.url, last?.id, "/api/pool/events");
    const missed = await eventually(
      async () => second.seen,
      (seen) => seen.length > 0,
    );
    expect(missed[0]).to.include({ type: "joined", id: (last?.id ?? 0) + 1 });
    second.close();
  });

  it("asks the next backbone where the first does not answer", async () => {
    urls = ["http://127.0.0.1:1", backbone.url];
    expect((await aggregate()).json.regions).to.be.an("array");
    const events = await followEvents(server.url, 1, "/api/pool/events");
    expect(events.status).to.equal(200);
    events.close();
  });

  it("says that no backbone tells of the pool where none is known, or none answers", async () => {
    for (const away of [[], ["http://127.0.0.1:1"]]) {
      urls = away;
      const answer = await send(`${server.url}/api/pool/events`);
      expect([answer.status, answer.json.error.code]).to.deep.equal([503, "POOL_UNREACHABLE"]);
      expect((await aggregate()).status).to.equal(503);
    }
  });
});
