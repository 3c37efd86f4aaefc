import { createTestChain, newIdentity, registrationFor, startBackbone } from "../node/backbone/fixture.ts";

// A backbone in a process of its own, for tests that kill it and benchmarks that load it: its settings are the argument,
// its URL and a session token are the message that it sends.
const chain = createTestChain();
const peer = newIdentity();
chain.set(registrationFor(peer.peerId), true);
const clock = { now: Date.now, advance: () => undefined };
const { url, authenticate } = await startBackbone(JSON.parse(process.argv[2] ?? ""), chain, clock);
process.send?.({ url, session: (await authenticate(peer)).json.session_token });
process.once("disconnect", () => process.exit());
