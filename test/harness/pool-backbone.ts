import { createIdentity } from "../../node/core/identity/index.ts";
import { createTestChain, registrationFor, startBackbone } from "../node/backbone/fixture.ts";

// A backbone in a process of its own, for tests that kill it and benchmarks that load it: its settings are the argument,
// its URL and a session token are the message that it sends. With `clockMs` among the settings its clock starts there, and
// goes on by what it is sent: each is answered once it has.
const chain = createTestChain();
// The same each time: the devices of a node that is no more would leave with it.
const peer = createIdentity(new Uint8Array(32).fill(1));
chain.set(registrationFor(peer.peerId), true);
const { clockMs, ...settings } = JSON.parse(process.argv[2] ?? "");
let nowMs: number | undefined = clockMs;
const advance = (ms: number) => {
  nowMs = (nowMs ?? 0) + ms;
};
const clock = { now: () => nowMs ?? Date.now(), advance };
process.on("message", (ms: number) => {
  advance(ms);
  process.send?.({ advanced: ms });
});
const { url, authenticate } = await startBackbone(settings, chain, clock);
process.send?.({ url, session: (await authenticate(peer)).json.session_token });
process.once("disconnect", () => process.exit());
