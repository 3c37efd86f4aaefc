import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import pg from "pg";
import { knownMigrations } from "../../node/backbone/backup/tables.ts";
import { findPostgres, type PostgresServer, startPostgres } from "../harness/postgres.ts";
import { send } from "../node/api/fixture.ts";

const programs = findPostgres();
const program = fileURLToPath(new URL("../harness/pool-backbone.ts", import.meta.url));

(programs === null ? describe.skip : describe)("replicas that start at once on an empty PostgreSQL", function () {
  this.timeout(300_000);
  this.slow(60_000);
  let server: PostgresServer;
  const children: ChildProcess[] = [];

  before(async () => {
    server = await startPostgres(programs ?? "");
  });
  after(async () => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, "exit");
        child.kill("SIGKILL");
        await exit;
      }),
    );
    await server?.stop();
  });

  it("make its tables once between them, and one key set", async () => {
    const databaseUrl = await server.createDatabase();
    const started = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = fork(program, [JSON.stringify({ dataFolder: tmpdir(), databaseUrl })]);
        children.push(child);
        const ended = once(child, "exit").then(([code]) => {
          throw new Error(`a backbone ended with ${code} before it had started`);
        });
        ended.catch(() => undefined);
        const [message] = await Promise.race([once(child, "message"), ended]);
        return message as { url: string };
      }),
    );
    const client = new pg.Client(databaseUrl);
    await client.connect();
    const { rows } = await client.query("SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id");
    await client.end();
    expect(rows.map(({ hash }) => hash)).to.deep.equal(knownMigrations().map(({ hash }) => hash));
    const keySets = await Promise.all(
      started.map(async ({ url }) => (await send(`${url}/.well-known/jwks.json`)).json.keys as { kid: string }[]),
    );
    for (const keys of keySets) expect(keys).to.deep.equal(keySets[0]);
    expect(keySets[0]).to.have.length(1);
  });
});
