import type { Command } from "commander";
import type { Client } from "../api/client.ts";
import { connectDaemon } from "../api-key.ts";
import { dataFolder } from "../config.ts";

/** What a command works with besides its own options. */
export interface CliContext {
  /** The data folder that --data or its defaults name. */
  folder(): string;
  /** The daemon that runs on the data folder. @throws DAEMON_UNREACHABLE */
  daemon(): Promise<{ url: string; client: Client }>;
  /** Prints an answer: the object for machines with --json, else the text for people. */
  print(answer: object, text: string): void;
  /** Prints a line for people; nothing with --json. */
  say(line: string): void;
  /** Shows how far a long work is, where a person watches standard error; nothing with --json. */
  progress(done: number, of: number, unit: string): void;
  /** How to call another command on the same data folder, to be shown to people. */
  commandLine(command: string): string;
  /** Takes the signals that end this process: from then on they abort what this gives, and the command must end. */
  takeSignals(): AbortController;
}

/** Often enough to be seen moving. */
const progressMs = 100;

export function createContext(program: Command, takeSignals: () => AbortController): CliContext {
  const options = () => program.opts<{ data?: string; json?: boolean }>();
  let shownAtMs = 0;
  return {
    folder: () => dataFolder(options().data),
    daemon: () => connectDaemon(dataFolder(options().data)),
    print(answer, text) {
      process.stdout.write(options().json ? `${JSON.stringify(answer)}\n` : `${text}\n`);
    },
    say(line) {
      if (!options().json) process.stdout.write(`${line}\n`);
    },
    progress(done, of, unit) {
      if (options().json || !process.stderr.isTTY) return;
      const nowMs = Date.now();
      if (done < of && nowMs < shownAtMs + progressMs) return;
      shownAtMs = nowMs;
      const text = `› ${done.toLocaleString("en")} of ${of.toLocaleString("en")} ${unit}`;
      process.stderr.write(`\r\u001b[K${done < of ? text : ""}`);
    },
    commandLine(command) {
      const { data } = options();
      return data === undefined ? `shadowmesh ${command}` : `shadowmesh ${command} --data ${data}`;
    },
    takeSignals,
  };
}
