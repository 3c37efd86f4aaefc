import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { verifyLog } from "../../../../node/backbone/audit/index.ts";
import { databases, domain } from "../fixture.ts";
import { openAudit, readEvents, type Settings } from "./fixture.ts";

const program = fileURLToPath(new URL("../../../harness/write-audit.ts", import.meta.url));

/** Has a process write until so many events were answered, and kills it in the middle of the next ones. */
async function writeAndKill({ dataFolder, databaseUrl }: Settings, answers: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, dataFolder, databaseUrl ?? ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const answered: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    answered.push(line);
    if (answered.length === answers) child.kill("SIGKILL");
  }
  const [, signal] = await exit;
  expect(signal).to.equal("SIGKILL");
  return answered;
}

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/audit killed under load on ${testDatabase.name}`, function () {
    this.timeout(600_000);
    this.slow(60_000);
    after(() => testDatabase.close());

    it("has every event that was answered, once and at its number, and a sound tree", async () => {
      const settings = await testDatabase.open();
      const answered: string[] = [];
      for (const answers of [1, 150, 400]) answered.push(...(await writeAndKill(settings, answers)));
      const { database, audit, close } = await openAudit(settings);
      try {
        // Waits for what the server may still be doing for the process that is no more.
        await audit.record({ type: "test.restarted", actor: null, subject: null });
        const rows = await readEvents(database);
        const written = new Set(rows.map(({ sequence, actor, subject }) => `${sequence} ${actor} ${subject}`));
        expect(answered.filter((line) => !written.has(line))).to.deep.equal([]);
        expect(rows.map(({ sequence }) => sequence)).to.deep.equal(rows.map((_, index) => index));
        const { size, findings } = await verifyLog({ database, domain, anchors: null }, AbortSignal.timeout(300_000));
        expect([size, findings]).to.deep.equal([rows.length, []]);
      } finally {
        await close();
      }
    });
  });
}
