import { expect } from "chai";
import {
  type Datagram,
  encodeDatagram,
  probeIdBytes,
  tokenBytes,
} from "../../../../../node/core/overlay/punch/datagram.ts";
import { watchPath } from "../../../../../node/core/overlay/punch/liveness.ts";
import { createProber, maxCandidates, type Prober } from "../../../../../node/core/overlay/punch/prober.ts";
import { keyOf, type UdpAddress } from "../../../../../node/core/overlay/punch/udp-address.ts";
import { soon } from "../../../../harness/mesh.ts";
import { createRandom, type Random } from "../../../../harness/random.ts";
import { until } from "../../../../harness/until.ts";

const hex = (random: Random, bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");
const [near, far, elsewhere] = [7, 8, 9].map((n): UdpAddress => ({ host: `192.0.2.${n}`, port: 4103 })) as [
  UdpAddress,
  UdpAddress,
  UdpAddress,
];

/** Probers at addresses of a network that loses nothing, and all that was sent over it. */
function createNetwork() {
  const at = new Map<string, Prober>();
  const sent: { datagram: Datagram; from: UdpAddress; to: UdpAddress }[] = [];
  return {
    sent,
    add(address: UdpAddress, now = () => 0): Prober {
      const prober = createProber({
        now,
        send(datagram, to) {
          sent.push({ datagram, from: address, to });
          queueMicrotask(() => at.get(keyOf(to))?.accept(datagram, address));
        },
      });
      at.set(keyOf(address), prober);
      return prober;
    },
  };
}

function newSessions(network = createNetwork(), now?: () => number) {
  const [a, b] = [network.add(near, now), network.add(far, now)];
  const [ofNear, ofFar] = [a.open(), b.open()];
  ofNear.expect(ofFar.token);
  ofFar.expect(ofNear.token);
  return { network, a, b, ofNear, ofFar };
}

describe("core/overlay/punch prober", () => {
  it("finds the address that answers among others", async () => {
    const { ofNear, ofFar, network } = newSessions();
    const candidates = [elsewhere, far];
    const found = await Promise.all([ofNear.find(candidates, soon()), ofFar.find([near], soon())]);
    expect(found).to.deep.equal([far, near]);
    const longest = Math.max(...network.sent.map(({ datagram }) => encodeDatagram(datagram).length));
    expect(longest, "no answer is longer than what it answers").to.equal(29);
  });

  it("finds a peer at the address that its probes come from, which nobody could name", async () => {
    const { ofNear, ofFar } = newSessions();
    const found = await Promise.all([ofNear.find([], soon()), ofFar.find([near], soon())]);
    expect(found).to.deep.equal([far, near]);
  });

  it("finds nothing where nothing answers, and sends no more than its schedule has", async () => {
    const { ofNear, network, b } = newSessions();
    const addresses = Array.from({ length: 40 }, (_, n): UdpAddress => ({ host: "198.51.100.1", port: 1 + n }));
    expect(await ofNear.find(addresses, soon())).to.equal(null);
    expect(network.sent).to.have.length(30 * maxCandidates);
    expect(b.count).to.equal(1);
  });

  it("answers nobody who has not been given the token, and nobody before it has the peer's", async () => {
    const { network, b, ofFar } = newSessions();
    const random = createRandom(5);
    for (let count = 0; count < 500; count++) {
      b.accept({ kind: "probe", token: hex(random, tokenBytes), id: hex(random, probeIdBytes) }, elsewhere);
    }
    const fresh = b.open();
    b.accept({ kind: "probe", token: fresh.token, id: hex(random, probeIdBytes) }, elsewhere);
    ofFar.close();
    b.accept({ kind: "probe", token: ofFar.token, id: hex(random, probeIdBytes) }, near);
    expect(network.sent).to.deep.equal([]);
  });

  it("believes no answer that is forged, or replayed from another address", async () => {
    const { network, a, ofNear } = newSessions();
    const searching = ofNear.find([{ ...far, port: 1 }], soon());
    const { datagram } = await until(() => network.sent[0]);
    const id = "id" in datagram ? datagram.id : "";
    const random = createRandom(6);
    a.accept({ kind: "answer", token: ofNear.token, id }, elsewhere);
    a.accept({ kind: "answer", token: ofNear.token, id: hex(random, probeIdBytes) }, { ...far, port: 1 });
    expect(await searching).to.equal(null);
  });

  it("answers so many probes of one peer in a second and no more, wherever they are replayed from", () => {
    let nowMs = 0;
    const { network, b, ofFar } = newSessions(createNetwork(), () => nowMs);
    const replay = () => {
      for (let port = 1; port <= 5_000; port++) {
        b.accept({ kind: "probe", token: ofFar.token, id: "00".repeat(probeIdBytes) }, { ...elsewhere, port });
      }
    };
    replay();
    expect(network.sent).to.have.length(400);
    nowMs = 1_000;
    replay();
    expect(network.sent).to.have.length(800);
  });
});

describe("core/overlay/punch liveness", () => {
  it("asks where a path is quiet, and gives it up where nothing comes", async () => {
    let [probes, dead] = [0, 0];
    const watch = { packetsReceived: () => 5, probe: () => void probes++, onDead: () => void dead++ };
    watchPath(watch, { lookEveryMs: 1 });
    await until(() => dead);
    expect({ probes, dead }).to.deep.equal({ probes: 6, dead: 1 });
  });

  it("leaves a path alone on which something comes", async () => {
    let [received, probes, dead] = [0, 0, 0];
    const watch = { packetsReceived: () => received++, probe: () => void probes++, onDead: () => void dead++ };
    const stop = watchPath(watch, { lookEveryMs: 1 });
    await until(() => received > 30);
    stop();
    expect({ probes, dead }).to.deep.equal({ probes: 0, dead: 0 });
  });
});
