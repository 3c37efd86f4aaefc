import { setInterval } from "node:timers/promises";

// One agent as a process, which the benchmark kills: it says so after each heartbeat.
const [url = "", authorization = "", body = "", everyMs = ""] = process.argv.slice(2);
const headers = { authorization, "content-type": "application/json" };

async function beat(): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers, body });
  await answer.arrayBuffer();
  if (answer.ok) process.send?.("beaten");
}

process.once("disconnect", () => process.exit());
await beat();
for await (const _ of setInterval(Number(everyMs))) await beat();
