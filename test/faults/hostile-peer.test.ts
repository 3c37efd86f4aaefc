import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { Overlay, PeerConnection } from "../../node/core/overlay/index.ts";
import type { NodeRecord } from "../../node/core/records/index.ts";
import type { RunningNode } from "../../scripts/network/index.ts";
import { until } from "../harness/until.ts";
import {
  expectPing,
  expectReached,
  faultMesh,
  mendMs,
  ofType,
  signedRecordOf,
  startStranger,
  untilPing,
  untilWell,
  verifier,
} from "./fixture.ts";
import { protocolsOf } from "./spoken.ts";

/** Streams that the flood opens, far more than any protocol of ours takes at once. */
const floodStreams = 2_000;
/** What the victim's memory may grow by under the flood, in bytes: 32 KiB a stream. */
const floodBytes = 64 * 2 ** 20;

describe("faults: a hostile peer", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();
  let attacker: Overlay;
  let victim: RunningNode;
  let record: NodeRecord;
  /** What the victim speaks, by its own word. */
  let protocols: string[];

  before(async () => {
    const network = mesh();
    attacker = await startStranger(network);
    victim = network.node(ofType(network, "light_public")[0] ?? "");
    record = await verifier(network)(await signedRecordOf(victim));
    const connection = await attacker.connect(record, AbortSignal.timeout(10_000));
    // Not while libp2p asks the same, of its own.
    protocols = await until(() => protocolsOf(connection).catch(() => undefined));
    expect(protocols).to.include.members(["/libp2p/circuit/relay/0.2.0/hop", "/shadowmesh/move/1.0.0"]);
  });
  after(() => attacker?.stop());

  const strangeBytes = async (connection: PeerConnection, protocol: string, bytes: Uint8Array) => {
    const stream = await connection.open(protocol, AbortSignal.timeout(5_000)).catch(() => null);
    if (stream === null) return;
    try {
      stream.send(bytes);
      await stream.close({ signal: AbortSignal.timeout(2_000) });
    } catch {
      // The victim may have hung up already.
      stream.abort(new Error("enough"));
    }
  };

  it("sends garbage on every protocol that its victim speaks, which serves everybody else as before", async () => {
    const network = mesh();
    for (const protocol of protocols) {
      const connection = await attacker.connect(record, AbortSignal.timeout(10_000));
      for (const bytes of garbage) await strangeBytes(connection, protocol, bytes);
    }
    const [other = ""] = ofType(network, "light_public").slice(1);
    await expectPing(network.node(other), victim);
    await expectReached(network, ofType(network, "light_private"), 1);
  });

  it("floods its victim with streams, whose memory keeps its bounds and who serves everybody else", async () => {
    const network = mesh();
    const { memory: before } = await victim.status();
    let opened = 0;
    while (opened < floodStreams) {
      const connection = await attacker.connect(record, AbortSignal.timeout(10_000));
      const batch = Array.from({ length: 100 }, (_, index) =>
        connection.open(protocols[index % protocols.length] ?? "", AbortSignal.timeout(5_000)).catch(() => null),
      );
      await Promise.all(batch);
      opened += batch.length;
    }
    const { memory: after } = await victim.status();
    expect(after.rssBytes - before.rssBytes).to.be.lessThan(floodBytes);
    for (const connection of attacker.connections()) await connection.libp2p.close();
    const [other = ""] = ofType(network, "light_private");
    await expectPing(network.node(other), victim);
    await untilWell(network, [victim.name]);
  });

  it("replays an old record to the DHT, and everybody reaches its author all the same", async () => {
    const network = mesh();
    const [name = ""] = ofType(network, "light_private");
    const old = await signedRecordOf(network.node(name));
    const oldRecord = await verifier(network)(old);
    await network.stopNode(name, "SIGKILL");
    const again = await network.startNode(name);
    await untilWell(network, [name]);

    await attacker.connect(record, AbortSignal.timeout(10_000));
    await attacker.records.global.put(again.peerId, old, AbortSignal.timeout(20_000)).catch(() => 0);
    // A server that forgot the newest with a crash may take the old one, and answer first with it; it leads nowhere, and
    // who follows it looks again.
    for (const { name: asker } of network.members) {
      if (asker !== name) await untilPing(network.node(asker), again);
    }
    const kept = await verifier(network)(await signedRecordOf(again));
    expect(kept.sequence).to.be.greaterThan(oldRecord.sequence);
    await expectReached(network, ofType(network, "light_public", "light_private"), 1);
  });
});

/** Random bytes, a length that promises 2 GiB, a length that never ends, and nothing. */
const garbage = [
  new Uint8Array(randomBytes(8_192)),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08, 1, 2, 3),
  new Uint8Array(64).fill(0xff),
  new Uint8Array(1),
];
