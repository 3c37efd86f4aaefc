import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { sql } from "drizzle-orm";
import { createDatabase, type Database } from "../../../../node/backbone/database/index.ts";
import { findPostgres, type PostgresServer, startPostgres } from "../../../harness/postgres.ts";
import { silent } from "../../api/fixture.ts";

const programs = findPostgres();
/** Statement in PostgreSQL's wire protocol: text that ends with a zero byte. */
const begin = Buffer.from("begin\0");

(programs === null ? describe.skip : describe)("backbone/database on PostgreSQL", function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let proxy: Server;
  let database: Database;
  /** Whether connections are cut as a transaction begins on them. */
  let cutting = false;

  before(async () => {
    server = await startPostgres(programs ?? "");
    const url = new URL(await server.createDatabase());
    const port = Number(url.port);
    proxy = createServer((near) => {
      const far = connect(port, url.hostname);
      const cut = () => [near, far].map((socket: Socket) => socket.destroy());
      for (const socket of [near, far]) socket.on("error", cut).on("close", cut);
      near.on("data", (bytes) => (cutting && bytes.includes(begin) ? cut() : far.write(bytes)));
      far.pipe(near);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    url.port = String((proxy.address() as { port: number }).port);
    database = createDatabase({ url: url.href, dataFolder: "" }, { log: silent });
    await database.start(AbortSignal.timeout(60_000));
  });
  after(async () => {
    // Resolves only once every connection was given back.
    await database?.stop();
    proxy?.close();
    await server?.stop();
  });

  const readOne = () =>
    database.run((db) => db.transaction(async (tx) => tx.select({ one: sql<number>`1` }).from(sql`(SELECT 1) AS row`)));

  it("has connections left however many broke as a transaction began", async () => {
    cutting = true;
    for (let n = 0; n < 12; n++) {
      const error = await readOne().catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "DATABASE_UNAVAILABLE");
    }
    cutting = false;
    expect(await readOne()).to.deep.equal([{ one: 1 }]);
  });
});
