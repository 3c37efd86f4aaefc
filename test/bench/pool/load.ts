import autocannon from "autocannon";
import type { Load, Rate } from "./rates.ts";

// HTTP load from a process of its own: what it is to send comes as a message, what came of it goes back as one.
process.on("message", (load: Load) => {
  void run(load).then((rate) => process.send?.(rate));
});
process.once("disconnect", () => process.exit());

async function run({ url, method, body, authorizations, connections, seconds, perSecond }: Load): Promise<Rate> {
  const json = { "content-type": "application/json" };
  const requests = authorizations.map((authorization) => ({
    method,
    headers: { ...(body === undefined ? {} : json), ...(authorization === "" ? {} : { authorization }) },
    ...(body === undefined ? {} : { body }),
  }));
  // Each connection stands for its share of the agents: it goes through their tokens in turn.
  const share = Math.ceil(requests.length / connections);
  let next = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: requests.slice(0, 1),
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    setupClient(client) {
      const from = (next++ * share) % requests.length;
      client.setRequests(requests.slice(from, from + share));
    },
  });
  return {
    perSecond: result.requests.average,
    meanMs: result.latency.mean,
    p99Ms: result.latency.p99,
    failures: failuresOf(result),
  };
}

/** How often each thing went wrong, by its status or its name. */
function failuresOf({ errors, timeouts, statusCodeStats = {} }: autocannon.Result): Record<string, number> {
  const byStatus = Object.entries(statusCodeStats).map(([status, { count = 0 }]) => [status, count] as const);
  const all = [...byStatus.filter(([status]) => status !== "200"), ["error", errors], ["timeout", timeouts]] as const;
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}
