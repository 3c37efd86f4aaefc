import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Hex } from "viem";
import { root } from "../../scripts/root.ts";

/** What `npm start` tells its user. */
export interface Table {
  link: string;
  adminUrl: string;
  accountFile: string;
  rpcUrl: string;
  nexusAddress: Hex;
  developmentKey: Hex;
  peerId: Hex;
  privatePeerId: Hex;
}

export interface StartProcess {
  /** Once the mesh runs. Rejects with all that was printed where it ends first. */
  readonly table: Promise<Table>;
  /** Its exit code and all that it printed. */
  readonly ended: Promise<{ code: number | null; output: string }>;
  /** What Ctrl-C does. */
  interrupt(): void;
}

/** Runs what `npm start` runs, on a folder of its own. It ends with us, as it does with npm. */
export function npmStart(folder: string): StartProcess {
  const child = spawn(process.execPath, [join(root, "scripts", "bootstrap.mjs"), "scripts/up.ts", "--folder", folder], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, npm_lifecycle_event: "start" },
    // A terminal sends Ctrl-C to all that runs in it.
    detached: true,
  });
  const ended = once(child, "close").then(() => ({ code: child.exitCode, output }));
  let output = "";
  const shown = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        if (output.includes("Ctrl-C stops everything.")) resolve();
      });
    }
    ended.then(() => reject(new Error(`npm start ended before its table: ${output}`)), reject);
  });
  const table = shown.then(() => readTable(output));
  // Where it is to fail, nobody waits for the table.
  table.catch(() => undefined);
  return { table, ended, interrupt };

  function interrupt() {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
  }
}

function readTable(output: string): Table {
  const find = (what: string, pattern: RegExp) => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) throw new Error(`the table of npm start names no ${what}: ${output}`);
    return found;
  };
  return {
    link: find("link", /GUI, signed in .*?(http:\S+)/),
    adminUrl: find("admin's page", /Admin's page .*?(http:\S+)/),
    accountFile: find("admin's account", /name and password are in (\S+)\)/),
    rpcUrl: find("chain", /Chain RPC and id\s+(http:\S+)\s+·\s+31337/),
    nexusAddress: find("contract", /NodeNexus\s+(0x[0-9a-fA-F]{40})\s/) as Hex,
    developmentKey: find("key", /Development key\D*?(0x[0-9a-f]{64})\s/) as Hex,
    peerId: find("node", /Your node\s+(0x[0-9a-f]{40})/) as Hex,
    privatePeerId: find("private node", /A node to look for\s+(0x[0-9a-f]{40})/) as Hex,
  };
}
