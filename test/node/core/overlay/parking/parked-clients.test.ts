import { once } from "node:events";
import type { Socket } from "node:net";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { expect } from "chai";
import { readExactly } from "../../../../../node/core/overlay/lanes/index.ts";
import { createParkedClients } from "../../../../../node/core/overlay/parking/parked-clients.ts";
import { aliveEveryMs, words } from "../../../../../node/core/overlay/parking/protocol.ts";
import type { PeerConnection } from "../../../../../node/core/overlay/peer-connection.ts";
import { expectCode } from "../../../../harness/expect-code.ts";
import { identityOf } from "../../../../harness/identities.ts";
import { loopbackSockets } from "../../../../harness/loopback-sockets.ts";
import { createManualTiming } from "../../../../harness/manual-timing.ts";
import { soon } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";

describe("core/overlay/parking/parked-clients", () => {
  const newSocket = loopbackSockets();

  /** A relay to which the first clients by number are connected and hold reservations. */
  function newRelay(connected = 2) {
    const timing = createManualTiming();
    const open: PeerConnection[] = [];
    const connection = (n: number, protocols: readonly string[] = []) => {
      const libp2p = {
        id: `${n}-${open.length}`,
        remotePeer: peerIdFromPrivateKey(identityOf(n).libp2pKey),
        streams: protocols.map((protocol) => ({ protocol })),
        abort: () => open.splice(open.indexOf(described), 1),
      };
      const described = { peerId: identityOf(n).peerId, path: "direct", libp2p } as unknown as PeerConnection;
      open.push(described);
      return described;
    };
    const clients = Array.from({ length: connected }, (_, index) => connection(index + 1));
    const parked = createParkedClients({ connections: () => open, timing });
    const reserved = new Set(clients.map(({ libp2p }) => libp2p.remotePeer.toString()));
    parked.serve((client) => reserved.has(client.toString()));
    /** Has a client show a ticket; the byte that it is answered, or null where the socket closes. */
    const show = async (ticket: string) => {
      const { client, relay } = await newSocket();
      const taken = parked.accept(ticket, relay);
      const word = await readExactly(client, 1, soon()).then(
        ([byte]) => byte,
        () => null,
      );
      return { socket: client, taken, word };
    };
    const park = async (client: PeerConnection) => (await show(parked.issue(client) ?? "")).socket;
    return {
      timing,
      open,
      connection,
      clients: clients as [PeerConnection, PeerConnection],
      parked,
      reserved,
      show,
      park,
    };
  }

  const isClosed = (socket: Socket) => {
    socket.resume();
    return socket.closed ? Promise.resolve() : once(socket, "close");
  };

  it("takes a client's ticket once, and says so", async () => {
    const { parked, clients, show } = newRelay();
    const ticket = parked.issue(clients[0]) ?? "";
    const first = await show(ticket);
    expect(first).to.include({ taken: true, word: words.parked });
    expect(parked.ids()).to.deep.equal([clients[0].peerId]);
    const again = await newSocket();
    expect(parked.accept(ticket, again.relay), "a ticket that was shown").to.equal(false);
    expect(parked.accept("00".repeat(32), again.relay), "a ticket that nobody gave").to.equal(false);
    expect(parked.count).to.equal(1);
    expect(first.socket.destroyed).to.equal(false);
  });

  it("gives no ticket to who holds no reservation, or is not connected directly, and forgets one after ten seconds", async () => {
    const { parked, clients, reserved, timing } = newRelay();
    const [alice, bob] = clients;
    expect(parked.issue({ ...alice, path: "relayed" })).to.equal(null);
    reserved.delete(bob.libp2p.remotePeer.toString());
    expect(parked.issue(bob)).to.equal(null);
    const ticket = parked.issue(alice) ?? "";
    timing.advance(10_000);
    expect(parked.accept(ticket, (await newSocket()).relay)).to.equal(false);
    parked.serve(null);
    expect(parked.issue(alice)).to.equal(null);
  });

  it("keeps one ticket and one place for a client, the newest", async () => {
    const { parked, clients, show, park } = newRelay();
    const [alice] = clients;
    const old = parked.issue(alice) ?? "";
    const first = await park(alice);
    expect(parked.accept(old, (await newSocket()).relay)).to.equal(false);
    const second = await show(parked.issue(alice) ?? "");
    expect(second.word).to.equal(words.parked);
    await isClosed(first);
    expect(parked.count).to.equal(1);
    expect(second.socket.destroyed).to.equal(false);
  });

  it("parks nobody whose connection is in use, or whose reservation has ended since", async () => {
    const { parked, connection, clients, reserved, show } = newRelay();
    const [alice, bob] = clients;
    connection(1, ["/libp2p/circuit/relay/0.2.0/stop"]);
    expect(await show(parked.issue(alice) ?? "")).to.include({ taken: true, word: null });
    const ticket = parked.issue(bob) ?? "";
    reserved.delete(bob.libp2p.remotePeer.toString());
    expect(await show(ticket)).to.include({ taken: true, word: null });
    expect(parked.count).to.equal(0);
  });

  it("wakes a client once for all who ask, and lets them go on when it has its reservation again", async () => {
    const { parked, clients, open, connection, park } = newRelay();
    const [alice] = clients;
    const socket = await park(alice);
    expect(parked.peerIdOf(alice.libp2p.remotePeer.toMultihash().bytes)).to.equal(alice.peerId);
    const asked = [parked.wake(alice.peerId, soon()), parked.wake(alice.peerId, soon())];
    expect(await readExactly(socket, 1, soon())).to.deep.equal(Buffer.of(words.wake));
    const back = connection(1);
    parked.returning(alice.peerId)();
    await Promise.all(asked);
    expect(open.includes(back) && !open.includes(alice), "the connection that it gave up is not taken").to.equal(true);
    await isClosed(socket);
    expect(socket.bytesRead, "one word that it is parked, one to wake").to.equal(2);
    await parked.wake(alice.peerId, soon());
    expect(parked.has(alice.peerId)).to.equal(false);
  });

  it("says that a client which does not come cannot be reached, and lets it go", async () => {
    const { parked, clients, park, timing } = newRelay();
    const [alice] = clients;
    const socket = await park(alice);
    const waking = parked.wake(alice.peerId, soon());
    timing.advance(5_000);
    await expectCode(waking, "PEER_UNREACHABLE");
    expect(parked.count).to.equal(0);
    await isClosed(socket);
  });

  it("leaves a client parked that has parked again since it asked for its reservation", async () => {
    const { parked, clients, park } = newRelay();
    const [alice] = clients;
    const isBack = parked.returning(alice.peerId);
    const socket = await park(alice);
    isBack();
    await park(clients[1]);
    expect([parked.has(alice.peerId), socket.destroyed]).to.deep.equal([true, false]);
  });

  it("goes on with the connection of a client that has changed its mind", async () => {
    const { parked, clients, park } = newRelay();
    const [alice] = clients;
    const socket = await park(alice);
    const waking = parked.wake(alice.peerId, soon());
    socket.destroy();
    await waking;
    expect(parked.count).to.equal(0);
  });

  it("answers who says that it is there, and lets who is silent go after two missed words", async () => {
    const { parked, clients, park, timing } = newRelay();
    const [alice, bob] = [await park(clients[0]), await park(clients[1])];
    for (let round = 0; round < 3; round++) {
      timing.advance(aliveEveryMs);
      alice.write(Buffer.of(words.alive));
      expect(await readExactly(alice, 1, soon())).to.deep.equal(Buffer.of(words.alive));
    }
    expect(parked.ids()).to.deep.equal([clients[0].peerId]);
    await isClosed(bob);
  });

  it("lets go whose reservation has ended, and everybody when it relays no more", async () => {
    const { parked, clients, reserved, park, timing } = newRelay();
    const [alice, bob] = [await park(clients[0]), await park(clients[1])];
    reserved.delete(clients[0].libp2p.remotePeer.toString());
    timing.advance(15_000);
    await isClosed(alice);
    expect(parked.ids()).to.deep.equal([clients[1].peerId]);
    parked.serve(null);
    await isClosed(bob);
    expect(parked.count).to.equal(0);
  });

  it("closes a socket on which something else is said, more than is due, or the end", async () => {
    const { parked, clients, park } = newRelay();
    const [alice] = clients;
    for (const said of [Buffer.of(words.wake), Buffer.alloc(9, words.alive), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
      const socket = await park(alice);
      socket.write(said);
      await isClosed(socket);
      await until(() => parked.count === 0);
    }
    const socket = await park(alice);
    socket.end();
    await isClosed(socket);
    await until(() => parked.count === 0);
  });
});
