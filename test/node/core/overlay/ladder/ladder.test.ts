import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { expectCode } from "../../../../harness/expect-code.ts";
import { identityOf } from "../../../../harness/identities.ts";
import { createMesh, soon } from "../../../../harness/mesh.ts";
import { newRelay, reserve } from "../../../../harness/relayed-pair.ts";
import { until } from "../../../../harness/until.ts";

const closed = "/ip4/127.0.0.1/tcp/9";

describe("core/overlay/ladder", () => {
  const newNode = createMesh();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** An address that takes connections and never says a word. */
  async function silentAddress(): Promise<string> {
    const server = createServer((socket) => void sockets.add(socket)).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`;
  }

  it("goes through a relay where nobody listens at the peer's own address, and keeps why", async () => {
    const relay = await newRelay(newNode, 1);
    const hidden = await newNode(2, { listen: [] });
    const circuit = await reserve(hidden, relay);
    const alice = await newNode(3, { listen: [] });
    const record = await hidden.record({ addresses: [circuit, closed], relays: [relay.peerId] });
    const connection = await alice.overlay.connect(record, soon());
    expect(connection).to.include({ path: "relayed", relay: relay.peerId });
    const [opened, failed, ...others] = alice.overlay.attempts(hidden.peerId);
    expect(others).to.deep.equal([]);
    expect(opened).to.include({ rung: "relayed", outcome: "opened", relay: relay.peerId, failure: null });
    expect(opened?.address).to.equal(connection.address);
    expect(failed).to.include({ rung: "direct", outcome: "failed", relay: null });
    expect(failed?.address).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/9\/p2p\//);
    expect(failed?.failure).to.include({ code: "ADDRESS_CLOSED" });
  });

  it("does not wait for an address that never answers", async () => {
    const relay = await newRelay(newNode, 1);
    const hidden = await newNode(2, { listen: [] });
    const addresses = [await silentAddress(), await silentAddress(), await reserve(hidden, relay)];
    const alice = await newNode(3, { listen: [] });
    const connection = await alice.overlay.connect(await hidden.record({ addresses }), soon());
    expect(connection.path).to.equal("relayed");
    // The better rung goes on until it fails of itself.
    const failures = await until(
      () => alice.overlay.attempts(hidden.peerId).filter(({ outcome }) => outcome === "failed"),
      ({ length }) => length === 2,
    );
    expect(failures.map(({ rung, failure }) => `${rung} ${failure?.code}`)).to.deep.equal([
      "direct ATTEMPT_TIMED_OUT",
      "direct ATTEMPT_TIMED_OUT",
    ]);
  });

  it("takes another address of the rung where one never answers", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const record = await bob.record({ addresses: [await silentAddress(), ...bob.overlay.addresses()] });
    expect(await alice.overlay.connect(record, soon())).to.include({ path: "direct", peerId: bob.peerId });
    const outcomes = () => alice.overlay.attempts(bob.peerId).map(({ outcome }) => outcome);
    await until(() => outcomes().length === 2);
    expect(outcomes()).to.have.members(["opened", "abandoned"]);
  });

  it("says what is wrong with a relay", async () => {
    const relay = await newRelay(newNode, 1);
    const hidden = await newNode(2, { listen: [] });
    const circuit = await reserve(hidden, relay);
    const alice = await newNode(3, { listen: [] });
    await hidden.overlay.stop();
    const record = await hidden.record({ addresses: [circuit] });
    const codes = () => alice.overlay.attempts(hidden.peerId).map(({ failure }) => failure?.code);
    // The relay knows by itself that the peer has gone, if not at once.
    await until(async () => {
      await expectCode(alice.overlay.connect(record, soon()), "PEER_UNREACHABLE");
      return codes()[0] === "RELAY_REFUSED";
    });
    await relay.overlay.stop();
    await until(() => alice.overlay.connections().length === 0);
    await expectCode(alice.overlay.connect(record, soon()), "PEER_UNREACHABLE");
    expect(codes()[0]).to.equal("RELAY_UNREACHABLE");
  });

  it("says of each rung why it does not apply", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const codesOf = async (addresses: string[]) =>
      alice.overlay.plans(await bob.record({ addresses })).map(({ rung, hindrance }) => [rung, hindrance?.code]);
    expect(await codesOf([])).to.deep.equal([
      ["direct", "NO_DIRECT_ADDRESS"],
      ["punched", "PUNCH_NO_UDP"],
      ["relayed", "NO_RELAY"],
    ]);
    expect(await codesOf(["rubbish", "/ip4/127.0.0.1/udp/9", closed])).to.deep.equal([
      ["direct", undefined],
      ["punched", "PUNCH_NO_UDP"],
      ["relayed", "NO_RELAY"],
    ]);
  });

  it("makes one connection for all who ask at once, also where the first of them gives up", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const record = await bob.record();
    const impatient = new AbortController();
    const first = alice.overlay.connect(record, impatient.signal).catch(() => undefined);
    const others = [alice.overlay.connect(record, soon()), alice.overlay.connect(record, soon())];
    impatient.abort();
    await first;
    expect((await Promise.all(others)).map(({ peerId }) => peerId)).to.deep.equal([bob.peerId, bob.peerId]);
    await until(() => bob.overlay.connections().length === 1 && alice.overlay.connections().length === 1);
  });

  it("dials anew as a stranger would, and keeps nothing of that", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const record = await bob.record();
    const first = await alice.overlay.connect(record, soon());
    const second = await alice.overlay.connectAnew(record, soon());
    expect(second.libp2p.id).to.not.equal(first.libp2p.id);
    expect(alice.overlay.attempts(bob.peerId)).to.have.length(1);
    expect(alice.overlay.attempts(identityOf(3).peerId)).to.deep.equal([]);
  });

  it("keeps the last attempts of the last peers, and no more", async () => {
    const alice = await newNode(1);
    const bob = await newNode(2);
    const nowhere = await bob.record({ addresses: [closed] });
    for (let round = 0; round < 30; round++)
      await expectCode(alice.overlay.connect(nowhere, soon()), "PEER_UNREACHABLE");
    expect(alice.overlay.attempts(bob.peerId)).to.have.length(24);
  });
});
