import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { MessageStream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { expect } from "chai";
import { moveProtocol } from "../../../../../node/core/overlay/move/protocol.ts";
import type { SignedRecord } from "../../../../../node/core/records/index.ts";
import { identityOf, recordOf } from "../../../../harness/identities.ts";
import { readLog } from "../../../../harness/log.ts";
import { createMesh, type MeshNode, soon } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";
import type { Way } from "../../../../harness/ways.ts";

const script = fileURLToPath(new URL("../../../../harness/moving-node.ts", import.meta.url));
const names = {
  direct: "directly",
  websocket: "by WebSocket",
  punched: "through their NATs",
  relayed: "through a relay",
} satisfies Record<Way, string>;
const dead = "/ip4/127.0.0.9/tcp/4100";

describe("core/overlay/move", function () {
  this.timeout(300_000);
  const newNode = createMesh();

  /** Alice, to whom Bob is connected, and who knows his record. */
  async function newPair() {
    const { log, lines } = readLog();
    const [alice, bob] = [await newNode(1, { log }), await newNode(2)];
    const record = await bob.record();
    alice.overlay.cache.add(record);
    await bob.overlay.connect(await alice.record(), soon());
    await until(() => alice.overlay.connectionTo(bob.peerId));
    const sequence = record.sequence + 1;
    const replaces = { sequence: record.sequence, addresses: [dead] };
    return { alice, bob, record, lines, moved: () => bob.signed({ sequence, replaces }) };
  }

  /** Says something on the protocol of moves; whether it was taken. */
  async function say(from: MeshNode, to: MeshNode, bytes: Uint8Array): Promise<boolean> {
    const connection = from.overlay.connectionTo(to.peerId);
    if (connection === undefined) throw new Error("not connected");
    const stream = await connection.open(moveProtocol, soon());
    const frames = lpStream(stream as MessageStream);
    try {
      await frames.write(bytes, { signal: soon() });
      await frames.read({ signal: soon() });
      return true;
    } catch {
      return false;
    } finally {
      stream.abort(new Error("done"));
    }
  }
  const encode = (signed: SignedRecord) => Buffer.from(JSON.stringify(signed));

  it("tells peers where the node is now, those who are connected and those who come", async () => {
    const { alice, bob, record, moved } = await newPair();
    bob.overlay.announceMove(await moved());
    await until(() => alice.overlay.cache.get(bob.peerId)?.sequence === record.sequence + 1);
    const late = await newNode(3);
    await late.overlay.connect(await bob.record(), soon());
    await until(() => late.overlay.cache.get(bob.peerId)?.sequence === record.sequence + 1);
  });

  it("drops what leads to where the peer was, and nothing else", async () => {
    const alice = await newNode(1);
    const bob = await newNode(2, { listen: ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.2/tcp/0"] });
    const at = (host: string) => bob.overlay.addresses().filter((address) => address.startsWith(`/ip4/${host}/`));
    const [before, after] = [
      await bob.record({ addresses: at("127.0.0.1") }),
      await bob.record({ addresses: at("127.0.0.2") }),
    ];
    const old = await alice.overlay.connectAnew(before, soon());
    const other = await alice.overlay.connect(await (await newNode(3)).record(), soon());
    const next = await alice.overlay.connectAnew(after, soon());
    await until(() => bob.overlay.connections().length === 2);
    const replaces = { sequence: before.sequence, addresses: before.addresses };
    bob.overlay.announceMove(await bob.signed({ addresses: [...after.addresses], sequence: Date.now() + 1, replaces }));
    await until(() => old.libp2p.status !== "open" || next.libp2p.status !== "open");
    await until(() => alice.overlay.connections().length === 2);
    expect([old, next, other].map(({ libp2p }) => libp2p.status === "open")).to.deep.equal([false, true, true]);
  });

  it("refuses the word of another node, an older one and a forged one, and keeps what it knows", async () => {
    const { alice, bob, record, lines, moved } = await newPair();
    const eve = await newNode(3);
    await eve.overlay.connect(await alice.record(), soon());
    const honest = await moved();
    const codes = () => lines.flatMap(({ code }) => (typeof code === "string" ? [code] : []));

    expect(await say(eve, alice, encode(honest)), "replayed by another").to.equal(false);
    const older = await bob.signed({ sequence: record.sequence - 1 });
    expect(await say(bob, alice, encode(older)), "stale").to.equal(false);
    expect(codes()).to.deep.equal(["MOVE_REFUSED", "MOVE_REFUSED"]);
    const content = honest.content.replace(dead, dead.replace("4100", "4101"));
    expect(await say(bob, alice, encode({ ...honest, content })), "forged").to.equal(false);
    const byEve = await recordOf(identityOf(3), { sequence: Date.now() });
    const forged = { ...byEve, content: byEve.content.replace(eve.peerId, bob.peerId) };
    expect(await say(eve, alice, encode(forged)), "signed by another").to.equal(false);
    expect(codes().slice(2)).to.deep.equal(["RECORD_INVALID", "RECORD_INVALID"]);

    expect(alice.overlay.cache.get(bob.peerId)?.sequence).to.equal(record.sequence);
    expect(alice.overlay.connectionTo(bob.peerId)?.libp2p.status).to.equal("open");
    expect(await say(bob, alice, encode(honest)), "honest").to.equal(true);
    expect(await say(bob, alice, encode(honest)), "once more").to.equal(true);
  });

  describe("once the machine's address has changed", () => {
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const unshare = [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

    before(function () {
      if (spawnSync("unshare", [...unshare, "ip", "link"]).status === 0) return;
      console.warn("      ! a network namespace can't be made here: skipped");
      this.skip();
    });

    async function move(way: Way) {
      const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
      const { stdout } = await promisify(execFile)("unshare", [...unshare, process.execPath, script, way], {
        env,
        timeout: 200_000,
        killSignal: "SIGKILL",
      });
      return JSON.parse(stdout);
    }

    const relayed = /^\/ip4\/10\.88\.0\.1\/tcp\/4200\/.*\/p2p-circuit/;
    const addresses = {
      direct: { before: /^\/ip4\/10\.88\.0\.2\/tcp\//, after: /^\/ip4\/10\.88\.0\.3\/tcp\// },
      websocket: { before: /^\/ip4\/10\.88\.0\.2\/tcp\/.*\/ws/, after: /^\/ip4\/10\.88\.0\.3\/tcp\/.*\/ws/ },
      punched: { before: /^\/ip4\/10\.88\.0\.2\/udp\//, after: /\/p2p-circuit|^\/ip4\/10\.88\.0\.3\/udp\// },
      relayed: { before: relayed, after: relayed },
    } satisfies Record<Way, object>;

    for (const way of Object.keys(addresses) as Way[]) {
      it(`has its peers' users back, whom it had reached ${names[way]}`, async () => {
        const { before, after, known, receivedBefore, receivedAfter, openToOld, ended } = await move(way);
        expect(before).to.match(addresses[way].before);
        expect(after).to.match(addresses[way].after);
        expect(known.join()).to.include("/10.88.0.3/").and.not.include("/10.88.0.2/");
        expect(receivedAfter).to.be.greaterThan(receivedBefore);
        expect(openToOld).to.equal(0);
        expect(ended, "rather than when nothing came any more").to.equal("its address has gone");
      });
    }
  });
});
