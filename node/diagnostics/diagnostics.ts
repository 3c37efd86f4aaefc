import { arch, availableParallelism, freemem, homedir, platform, release, totalmem } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { NodeStatus } from "../api/daemon.ts";
import type { DiagnosticsBundle, LogAnswer } from "../api/diagnostics.ts";
import type { RecentLines } from "../core/log/index.ts";
import { packageFolder, version } from "../core/package.ts";
import type { Settings } from "../settings/index.ts";
import { createAnonymous } from "./anonymous.ts";
import { readLine } from "./log-line.ts";

/** What a person needs who looks for what is wrong with a daemon. */
export interface Diagnostics {
  log(after: number): LogAnswer;
  /** For a bug report: nothing in it is secret, or says where anybody is. */
  bundle(): Promise<DiagnosticsBundle>;
}

export interface DiagnosticsDeps {
  folder: string;
  lines: RecentLines;
  settings: Pick<Settings, "list">;
  status(): NodeStatus;
  now: () => number;
}

export function createDiagnostics(deps: DiagnosticsDeps): Diagnostics {
  const startedAtMs = deps.now();
  const linesAfter = (number: number) => deps.lines.after(number).map(readLine);
  return {
    log: (after) => ({ startedAtMs, lines: linesAfter(after) }),
    async bundle() {
      const { settings } = await deps.settings.list();
      const changed = settings.filter((setting) => !isDeepStrictEqual(setting.value, setting.default));
      const anonymous = createAnonymous([deps.folder, packageFolder, homedir()].filter((folder) => folder.length > 1));
      return anonymous({
        madeAtMs: deps.now(),
        version,
        runtime: {
          node: process.versions.node,
          openssl: process.versions.openssl,
          platform: platform(),
          release: release(),
          arch: arch(),
          cores: availableParallelism(),
          memoryBytes: totalmem(),
          freeMemoryBytes: freemem(),
          processUptimeMs: Math.round(process.uptime() * 1_000),
          rssBytes: process.memoryUsage.rss(),
        },
        status: deps.status(),
        settings: Object.fromEntries(
          changed.map(({ section, name, secret, value }) => [`${section}.${name}`, secret ? "(secret)" : value]),
        ),
        log: linesAfter(0),
      });
    },
  };
}
