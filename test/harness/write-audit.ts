// Run as a process of its own: writes events until it is killed, and says which numbers were answered.
import { createAudit } from "../../node/backbone/audit/index.ts";
import { createDatabase } from "../../node/backbone/database/index.ts";
import { createLog } from "../../node/core/log/index.ts";

const [dataFolder = "", url = ""] = process.argv.slice(2);
const log = createLog({ level: "silent" });
const database = createDatabase({ url: url === "" ? null : url, dataFolder }, { log });
await database.start(AbortSignal.timeout(60_000));
const audit = createAudit({ database, onAppend: async () => undefined, now: Date.now, log });

async function writeOn(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const sequence = await audit.record({ type: "test.happened", actor: `${writer}`, subject: `${n}` });
    process.stdout.write(`${sequence} ${writer} ${n}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, (_, writer) => writeOn(writer)));
