import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, ready, startChild } from "../../../scripts/network/process.ts";
import type { Answer, EndArguments, Question } from "./stack.ts";

/** A part of a stack in a process of its own. */
export interface End {
  readonly pid: number;
  readonly address: string;
  ask(question: Question): Promise<Answer>;
}

/** Starts them, with their logs in a temporary folder; stops all in reverse. */
export async function createEnds() {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
  const children: Child[] = [];
  return {
    async start(args: EndArguments): Promise<End> {
      const name = `${args.stack}-${args.role}`;
      const logPath = join(folder, `${name}.log`);
      const child = startChild(["--expose-gc", join(import.meta.dirname, "end.ts"), JSON.stringify(args)], { logPath });
      children.push(child);
      const { address = "" } = await ready<Answer>(child, name, logPath);
      const ended = child.exited.then(() => Promise.reject(new Error(`${name} ended: ${logPath}`)));
      ended.catch(() => undefined);
      return {
        pid: child.process.pid ?? Number.NaN,
        address,
        async ask(question) {
          child.process.send(question);
          const [answer] = await Promise.race([once(child.process, "message"), ended]);
          return answer as Answer;
        },
      };
    },
    async stop() {
      for (const child of children.reverse()) await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
