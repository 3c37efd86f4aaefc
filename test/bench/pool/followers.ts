import { Agent, get } from "node:http";

// Clients of the events, in a process of their own: how many comes as a message; once all are there that is said, and then
// when each join has come to the last of them, on the clock that processes of one machine share.
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
const heard = new Map<string, number>();
let ended = 0;

process.on("message", ({ url, count }: { url: string; count: number }) => {
  void Promise.all(Array.from({ length: count }, () => follow(url, count))).then(() => process.send?.("open"));
});
process.once("disconnect", () => process.exit());

function follow(url: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      let rest = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        resolve();
        const events = `${rest}${text}`.split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) {
          const [, id] = /^id: (\d+)\nevent: joined$/m.exec(event) ?? [];
          if (id === undefined) continue;
          const times = (heard.get(id) ?? 0) + 1;
          heard.set(id, times);
          if (times === count) process.send?.({ id, atMs: Number(process.hrtime.bigint()) / 1e6, ended });
        }
      });
      response.on("close", () => ended++);
    });
    request.on("error", reject);
  });
}
