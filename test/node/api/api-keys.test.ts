import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { z } from "zod";
import { apiKeyRoutes } from "../../../node/api/api-keys.ts";
import { createClient } from "../../../node/api/client.ts";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { createApiKeys, createGuard } from "../../../node/api/guard/index.ts";
import type { HttpServer } from "../../../node/api/server.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { createClock, createTestServer, silent } from "./fixture.ts";

const commandKey = "the-api-key-of-this-data-folder";
const dayMs = 24 * 3_600_000;

describe("api/guard: API keys", () => {
  const newFolder = temporaryFolders();
  const servers: HttpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  async function start(clock = createClock(), folder?: string) {
    const at = folder ?? (await newFolder());
    const { now } = clock;
    const apiKeys = await createApiKeys(at, { now, log: silent });
    const guard = createGuard({ apiKey: commandKey, chainId: 31337 }, { now, operatorOf: async () => null, apiKeys });
    const authorize = { owner: guard.owner, "in-person": guard.inPerson, command: guard.command };
    const server = await createTestServer({}, { onRequest: guard.onRequest, authorize });
    await guard.handle(server);
    server.handle(daemonRoutes.peers, () => ({ peers: [] }));
    server.handle(daemonRoutes.stop, () => ({ stopping: true }));
    await server.start(AbortSignal.timeout(60_000));
    servers.push(server);
    const as = (key: string) =>
      createClient({ baseUrl: server.url, timeoutMs: 60_000, headers: { authorization: `Bearer ${key}` } });
    const owner = as(commandKey);
    const create = (wanted: Partial<z.input<typeof apiKeyRoutes.createApiKey.input>> = {}) =>
      owner.call(apiKeyRoutes.createApiKey, { name: "test", ...wanted });
    return { folder: at, clock, as, owner, create };
  }

  it("let a key of scope read GET, and one of scope write do more", async () => {
    const { as, create } = await start();
    const [reader, writer] = [as((await create()).key), as((await create({ scope: "write" })).key)];
    expect(await reader.call(daemonRoutes.peers, {})).to.deep.equal({ peers: [] });
    await expectCode(reader.call(daemonRoutes.stop, {}), "API_KEY_READ_ONLY");
    expect(await writer.call(daemonRoutes.stop, {})).to.deep.equal({ stopping: true });
    expect(await writer.call(daemonRoutes.session, {})).to.deep.equal({ signedIn: true, by: "api-key" });
  });

  it("let no key make, see or revoke keys, nor a link that signs in", async () => {
    const { as, create } = await start();
    const { key, created } = await create({ scope: "write" });
    const writer = as(key);
    await expectCode(writer.call(apiKeyRoutes.apiKeys, {}), "API_KEY_NOT_ALLOWED");
    await expectCode(writer.call(apiKeyRoutes.createApiKey, { name: "more" }), "API_KEY_NOT_ALLOWED");
    await expectCode(writer.call(apiKeyRoutes.revokeApiKey, { id: created.id }), "API_KEY_NOT_ALLOWED");
    await expectCode(writer.call(daemonRoutes.createSignInLink, {}), "API_KEY_NOT_ALLOWED");
  });

  it("end keys on their day, and at once where they are revoked", async () => {
    const { as, clock, create, owner } = await start();
    const [short, long] = [await create({ expiresInDays: 1 }), await create({ expiresInDays: null })];
    clock.advance(dayMs - 1);
    await as(short.key).call(daemonRoutes.peers, {});
    clock.advance(1);
    await expectCode(as(short.key).call(daemonRoutes.peers, {}), "NOT_SIGNED_IN");
    await as(long.key).call(daemonRoutes.peers, {});
    const { keys } = await owner.call(apiKeyRoutes.revokeApiKey, { id: long.created.id });
    expect(keys.map(({ id }) => id)).to.deep.equal([short.created.id]);
    await expectCode(as(long.key).call(daemonRoutes.peers, {}), "NOT_SIGNED_IN");
    await expectCode(owner.call(apiKeyRoutes.revokeApiKey, { id: long.created.id }), "API_KEY_UNKNOWN");
  });

  it("keep keys through a restart, as hashes that only the owner of the folder may read, with their last use", async () => {
    const first = await start();
    const { key } = await first.create({ name: "dashboard" });
    first.clock.advance(5 * 60_000);
    await first.as(key).call(daemonRoutes.peers, {});
    const path = join(first.folder, "api-keys.json");
    expect(await readFile(path, "utf8")).to.not.include(key.slice(4));
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    const second = await start(first.clock, first.folder);
    await second.as(key).call(daemonRoutes.peers, {});
    const { keys } = await second.owner.call(apiKeyRoutes.apiKeys, {});
    expect(keys).to.have.length(1);
    expect(keys[0]).to.deep.include({ name: "dashboard", scope: "read", lastUsedAtMs: first.clock.now() });
    expect(JSON.stringify(keys)).to.not.include("sha256");
  });

  it("refuse a 65th key, and count none of a file that is damaged", async () => {
    const { as, create, folder } = await start();
    const { key } = await create();
    for (let n = 1; n < 64; n++) await create();
    await expectCode(create(), "API_KEYS_TOO_MANY");
    await writeFile(join(folder, "api-keys.json"), "{");
    const damaged = await start(createClock(), folder);
    await expectCode(damaged.as(key).call(daemonRoutes.peers, {}), "NOT_SIGNED_IN");
    await as(key).call(daemonRoutes.peers, {});
  });

  it("open nothing to what only looks like a key", async () => {
    const { as, create } = await start();
    const { key } = await create({ scope: "write" });
    for (const wrong of [key.slice(0, -1), `${key}x`, key.slice(4), "smk_", key.toUpperCase()]) {
      await expectCode(as(wrong).call(daemonRoutes.peers, {}), "NOT_SIGNED_IN");
    }
  });
});
