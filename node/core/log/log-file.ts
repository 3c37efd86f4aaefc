import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { DestinationStream } from "pino";
import { ShadowMeshError } from "../errors.ts";
import { logErrors } from "./errors.ts";

/** Weeks of an ordinary node's log. */
const defaultMaxBytes = 10_000_000;

/**
 * A file for the log, for where nobody else keeps one: launchd and Windows' Task Scheduler rotate nothing. Past its size
 * it becomes `<path>.1`, in place of the one before, so that both together are bounded. For its owner alone (0600).
 *
 * @throws LOG_FILE_UNWRITABLE where it can't be opened; what can't be written later is left out
 */
export function openLogFile(path: string, maxBytes = defaultMaxBytes): DestinationStream {
  let bytes = 0;
  const open = () => {
    mkdirSync(dirname(path), { recursive: true });
    const opened = openSync(path, "a", 0o600);
    bytes = fstatSync(opened).size;
    return opened;
  };
  /** Null while it could not be opened again: the number of a file that is closed may be another one's by now. */
  let file: number | null;
  try {
    file = open();
  } catch (cause) {
    throw new ShadowMeshError(logErrors.LOG_FILE_UNWRITABLE, { cause, details: { path } });
  }

  const rotate = (full: number) => {
    // Closed first: Windows renames no file that is open.
    file = null;
    closeSync(full);
    renameSync(path, `${path}.1`);
  };

  return {
    write(line) {
      // A full disk must not end a node that has nothing else to write.
      try {
        if (file !== null && bytes >= maxBytes) rotate(file);
        file ??= open();
        bytes += writeSync(file, line);
      } catch {
        // The next line may fit.
      }
    },
  };
}
