import { readdirSync } from "node:fs";
import { getHeapSpaceStatistics, setFlagsFromString, writeHeapSnapshot } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into every daemon of a soak by `--import`: over the channel to its parent it tells what the process holds, once
// the garbage is gone, and writes a heap snapshot where asked to.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

process.on("message", ({ soak, path }) => {
  if (soak === "snapshot") writeHeapSnapshot(path);
  if (soak !== "sample" && soak !== "snapshot") return;
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({
    soak: {
      rss,
      heapUsed,
      external,
      code: code(),
      openFiles: openFiles(),
      handles: process.getActiveResourcesInfo().length,
    },
  });
});

/** What V8 has compiled: it grows for hours as ever rarer ways are run often enough, and ends with the program's size. */
function code() {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => /^(code|trusted)_/.test(name));
  return spaces.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

/** Open file descriptors, sockets among them; null on a system without /dev/fd. */
function openFiles() {
  try {
    return readdirSync("/dev/fd").length;
  } catch {
    return null;
  }
}
