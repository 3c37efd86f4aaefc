import { expect } from "chai";
import { createOverlay } from "../../../../node/core/overlay/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { createMesh, soon } from "../../../harness/mesh.ts";
import { overlayConfig } from "../../../harness/overlay-config.ts";
import { readBytes } from "../../../harness/stream.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

const protocol = "/shadowmesh/test/1.0.0";

describe("core/overlay", () => {
  const newNode = createMesh();

  for (const transport of ["tcp", "ws"] as const) {
    it(`connects two nodes over ${transport}, and each knows the other's 20-byte ID`, async () => {
      const alice = await newNode(1);
      const bob = await newNode(2, { listen: [`/ip4/127.0.0.1/tcp/0${transport === "ws" ? "/ws" : ""}`] });
      const connection = await alice.overlay.connect(await bob.record(), soon());
      expect(connection).to.include({ peerId: bob.peerId, direction: "outbound", path: "direct", relay: null });
      const [inbound] = await until(
        () => bob.overlay.connections(),
        (open) => open.length > 0,
      );
      expect(inbound).to.include({ peerId: alice.peerId, direction: "inbound", path: "direct" });
      expect(await alice.overlay.ping(connection, soon())).to.be.within(0, 10_000);
    });
  }

  it("gives the connection that is open rather than a second", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const record = await bob.record();
    await alice.overlay.connect(record, soon());
    await alice.overlay.connect(record, soon());
    expect(alice.overlay.connections()).to.have.length(1);
    expect(alice.overlay.connectionTo(bob.peerId)?.peerId).to.equal(bob.peerId);
    expect(alice.overlay.connectionTo(identityOf(3).peerId)).to.equal(undefined);
  });

  it("refuses whoever answers at a peer's address without its keys", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const pretended = await verifyAt()(await recordOf(identityOf(3), { addresses: bob.overlay.addresses() }));
    const error = await expectCode(alice.overlay.connect(pretended, soon()), "WRONG_PEER");
    expect(error.details).to.deep.equal({ proved: bob.peerId });
    await until(() => alice.overlay.connections().length === 0 && bob.overlay.connections().length === 0);
  });

  it("refuses a node whose ML-DSA-87 key is another than its record's, though its node key is the same", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    // Whoever stole the node key alone can sign such a record, of an ID that nobody registered.
    const stolen = { ...(await bob.record()), peerId: identityOf(3).peerId };
    const error = await expectCode(alice.overlay.connect(stolen, soon()), "WRONG_PEER");
    expect(error.details).to.deep.equal({ wanted: identityOf(3).peerId, proved: bob.peerId });
    await until(() => bob.overlay.connections().length === 0);
  });

  it("says what it tried where nobody answers", async () => {
    const alice = await newNode(1);
    const addresses = ["/ip4/127.0.0.1/tcp/9", "rubbish", "/ip4/127.0.0.1/udp/9"];
    const dead = await verifyAt()(await recordOf(identityOf(2), { addresses }));
    const error = await expectCode(alice.overlay.connect(dead, soon()), "PEER_UNREACHABLE");
    expect(error.details)
      .to.include({ peerId: identityOf(2).peerId })
      .and.to.have.property("reason");
    expect(error.details.tried).to.deep.equal(addresses);
    const nowhere = await verifyAt()(await recordOf(identityOf(2)));
    await expectCode(alice.overlay.connect(nowhere, soon()), "PEER_UNREACHABLE");
  });

  it("stops trying when it is told to", async () => {
    const alice = await newNode(1);
    // An address of a documentation network: packets to it go nowhere.
    const lost = await verifyAt()(await recordOf(identityOf(2), { addresses: ["/ip4/192.0.2.1/tcp/1"] }));
    const startedAt = performance.now();
    await expectCode(alice.overlay.connect(lost, AbortSignal.timeout(100)), "PEER_UNREACHABLE");
    expect(performance.now() - startedAt).to.be.lessThan(2_500);
  });

  it("serves streams of a protocol with the ID of who opened them", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    await bob.overlay.handle(
      protocol,
      async (stream, peer) => {
        stream.send(new TextEncoder().encode(`hello ${peer.peerId}`));
        await stream.close();
      },
      { maxInboundStreams: 4 },
    );
    const connection = await alice.overlay.connect(await bob.record(), soon());
    const greeting = `hello ${alice.peerId}`;
    expect((await readBytes(await connection.open(protocol, soon()), greeting.length)).toString()).to.equal(greeting);
  });

  it("resets a stream whose handler fails, and nothing else", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    let calls = 0;
    await bob.overlay.handle(
      protocol,
      async (stream) => {
        calls++;
        if (calls === 1) throw new Error("a bad frame");
        stream.send(new TextEncoder().encode("fine"));
        await stream.close();
      },
      { maxInboundStreams: 4 },
    );
    const connection = await alice.overlay.connect(await bob.record(), soon());
    const broken = await connection.open(protocol, soon());
    await until(() => broken.status === "reset");
    expect((await readBytes(await connection.open(protocol, soon()), 4)).toString()).to.equal("fine");
    expect(connection.libp2p.status).to.equal("open");
    await bob.overlay.unhandle(protocol);
    const refused = await connection.open(protocol, soon()).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
  });

  it("tells of connections that open and close", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    let changes = 0;
    const stop = bob.overlay.onChange(() => changes++);
    await alice.overlay.connect(await bob.record(), soon());
    await until(() => changes > 0);
    const before = changes;
    await alice.overlay.stop();
    await until(() => changes > before && bob.overlay.connections().length === 0);
    stop();
  });

  it("knows whether somebody has connected to it, which its own connections do not show", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    await alice.overlay.connect(await bob.record(), soon());
    await until(() => bob.overlay.dialled());
    expect(alice.overlay.dialled()).to.equal(false);
  });

  it("knows a peer that goes and comes back", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    for (let round = 0; round < 5; round++) {
      const connection = await alice.overlay.connect(await bob.record(), soon());
      expect(connection.peerId).to.equal(bob.peerId);
      await connection.libp2p.close();
      await until(() => alice.overlay.connections().length === 0);
    }
  });

  it("says that it cannot listen where another program has the port", async () => {
    const alice = await newNode(1);
    const listen = alice.overlay.addresses().map((address) => address.replace(/\/p2p\/.*/, ""));
    const config = overlayConfig({ listen: ["/ip4/127.0.0.1/tcp/0", ...listen] });
    const second = await createOverlay(config, {
      identity: identityOf(2),
      verifyRecord: verifyAt(),
      now: Date.now,
      log: silent,
    });
    const error = await expectCode(second.start(soon()), "LISTEN_FAILED");
    expect(error.details).to.deep.equal({ listen });
    expect(error.message).to.include(listen[0]).and.to.include("EADDRINUSE").and.to.not.include("tcp/0");
    await second.stop();
  });
});
