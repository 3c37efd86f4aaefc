import { expect } from "chai";
import { createProbe } from "../../node/backbone/health/prober.ts";
import { type Identity, readIdentityFile } from "../../node/core/identity/index.ts";
import { createOverlay } from "../../node/core/overlay/index.ts";
import { inParallel } from "../../scripts/network/in-parallel.ts";
import type { DaemonLaunch, Network } from "../../scripts/network/index.ts";
import { charging } from "../harness/charging.ts";
import { overlayConfig } from "../harness/overlay-config.ts";
import { until } from "../harness/until.ts";
import { silent } from "../node/api/fixture.ts";
import {
  expectReached,
  faultMesh,
  mendMs,
  ofType,
  signedRecordOf,
  untilPing,
  untilRelayed,
  untilWell,
  verifier,
} from "./fixture.ts";
import { openChannels, payRelays } from "./paying.ts";
import { signIn } from "./sign-in.ts";

/** A daemon on a machine whose clock is wrong. */
function clockAhead(aheadMs: number): DaemonLaunch {
  const module = new URL("shifted-clock.mjs", import.meta.url);
  module.searchParams.set("aheadMs", String(aheadMs));
  return { nodeArgs: ["--import", module.href] };
}

describe("faults: clocks", function () {
  this.timeout(10 * mendMs);
  const mesh = faultMesh();

  /** Puts each of these nodes on the machine named beside it. */
  async function restart(network: Network, launches: ReadonlyMap<string, DaemonLaunch | undefined>) {
    await Promise.all([...launches.keys()].map((name) => network.stopNode(name)));
    await inParallel(4, [...launches], async ([name, launch]) => {
      await network.startNode(name, launch);
    });
    const all = network.members.map(({ name }) => name);
    await untilWell(network, all);
    const running = new Set(all.map((name) => network.node(name).peerId));
    for (const name of ofType(network, "light_private")) await untilRelayed(network.node(name), running);
  }

  it("that are a minute off keep nobody from signing in, being found, probed, and paid", async () => {
    const network = mesh();
    const [ahead = "", behind = "", other = ""] = ofType(network, "light_private");
    const [slowRelay = ""] = ofType(network, "light_public");
    const [fast = ""] = ofType(network, "backbone_auth");
    const wrong = new Map<string, DaemonLaunch>([
      [fast, clockAhead(60_000)],
      [slowRelay, { ...clockAhead(-60_000), ...charging }],
      [ahead, clockAhead(60_000)],
      [behind, clockAhead(-60_000)],
    ]);
    await restart(network, wrong);

    for (const name of [ahead, behind, other]) {
      expect(await signIn(network.backboneUrl(fast), network.node(name))).to.equal(null);
    }
    const light = ofType(network, "light_public", "light_private");
    await expectReached(network, light, 1);
    for (const name of [ahead, behind]) await untilPing(network.node(other), network.node(name));

    for (const name of [ahead, behind]) {
      await openChannels(network, name);
      expect(await payRelays(network, name, other)).to.not.equal(0n);
    }

    const { folder } = network.node(fast);
    await network.stopNode(fast);
    await expectProbed(network, (await readIdentityFile(folder)).identity, [slowRelay, ahead, behind]);

    await restart(network, new Map([...wrong.keys()].map((name) => [name, undefined])));
    await expectReached(network, light, 1);
  });
});

/** Probes nodes as a backbone whose process is away would: with its keys, and a clock that is right. */
async function expectProbed(network: Network, identity: Identity, names: readonly string[]): Promise<void> {
  const verify = verifier(network);
  const overlay = await createOverlay(overlayConfig({ listen: [], dataPort: null }), {
    identity,
    verifyRecord: verify,
    now: Date.now,
    log: silent,
  });
  await overlay.start(AbortSignal.timeout(mendMs));
  try {
    for (const name of names) {
      const node = network.node(name);
      const probe = createProbe({
        identity,
        domain: { chainId: 31337, nexusAddress: network.nexusAddress },
        reachAnew: async (_, signal) => overlay.connectAnew(await verify(await signedRecordOf(node)), signal),
        now: Date.now,
      });
      // A busy machine may take longer than a probe waits.
      await until(
        () => probe(node.peerId, AbortSignal.timeout(mendMs)),
        ({ latencyMs }) => latencyMs !== null,
        mendMs,
      );
    }
  } finally {
    await overlay.stop();
  }
}
