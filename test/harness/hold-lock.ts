import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { lockFolder } from "../../node/core/store/index.ts";

// Another process that holds a data folder's lock until it is killed; says so over its channel. It forgets what it
// got and collects garbage, which must not free the lock.
lockFolder(process.argv[2] ?? "");
setFlagsFromString("--expose-gc");
runInNewContext("gc")();
process.send?.("held");
setInterval(() => undefined, 60_000);
