import { lockFolder } from "../../node/core/store/index.ts";

// Another process that holds a data folder's lock until it is killed; says so over its channel.
lockFolder(process.argv[2] ?? "");
process.send?.("held");
setInterval(() => undefined, 60_000);
