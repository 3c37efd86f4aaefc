import { expect } from "chai";
import type { Hex } from "viem";
import { createRecordDht, recordSelector, recordValidator } from "../../../../node/core/overlay/record-dht.ts";
import { recordLifetimeMs, type SignedRecord } from "../../../../node/core/records/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";

const keyOf = (peerId: Hex) => new TextEncoder().encode(`/shadowmesh/${peerId}`);
const encode = (signed: unknown) => new TextEncoder().encode(JSON.stringify(signed));

describe("core/overlay/record-dht", () => {
  const newNode = createMesh();

  /** Servers that know each other, and clients that are connected to all of them. */
  async function newMesh(servers: number, clients: number) {
    const nodes = await Promise.all(
      Array.from({ length: servers + clients }, (_, n) => newNode(n + 1, n < servers ? {} : { listen: [] })),
    );
    await Promise.all(nodes.slice(0, servers).map(({ overlay }) => overlay.serveDht(true)));
    for (const [n, node] of nodes.entries()) {
      for (const server of nodes.slice(0, Math.min(n, servers))) {
        await node.overlay.connect(await server.record(), soon());
      }
    }
    return { servers: nodes.slice(0, servers), clients: nodes.slice(servers) };
  }
  const put = (node: MeshNode, signed: SignedRecord, under = node.peerId) =>
    node.overlay.records.global.put(under, signed, soon());
  /** A server is known as one when identify has told so. */
  const putAtAll = async (node: MeshNode, signed: SignedRecord, servers: number) =>
    until(
      () => put(node, signed),
      (stored) => stored === servers,
    );

  it("keeps a record at the servers, where any other node finds it", async () => {
    const { clients } = await newMesh(3, 2);
    const [alice, bob] = clients as [MeshNode, MeshNode];
    const signed = await alice.signed({ addresses: ["/ip4/192.0.2.1/tcp/4100"] });
    await putAtAll(alice, signed, 3);
    const found = await bob.overlay.records.global.get(alice.peerId, soon());
    expect(found?.signed).to.deep.equal(signed);
    expect(found?.nodeAddress).to.equal(alice.identity.nodeAddress);
  });

  it("answers null for a node of which no server knows", async () => {
    const { clients } = await newMesh(2, 1);
    const [client] = clients as [MeshNode];
    await putAtAll(client, await client.signed(), 2);
    expect(await client.overlay.records.global.get(identityOf(99).peerId, soon())).to.equal(null);
  });

  it("says that it could ask nobody, and stores nothing, while it is connected to nobody", async () => {
    const alone = await newNode(1);
    await expectCode(alone.overlay.records.global.get(identityOf(99).peerId, soon()), "DHT_UNREACHABLE");
    expect(await put(alone, await alone.signed())).to.equal(0);
  });

  it("keeps no record under another node's key", async () => {
    const { servers, clients } = await newMesh(2, 2);
    const [mallory, bob] = clients as [MeshNode, MeshNode];
    await putAtAll(mallory, await mallory.signed(), 2);
    const stored = await put(mallory, await mallory.signed(), identityOf(99).peerId).catch(() => 0);
    expect(stored).to.equal(0);
    expect(await bob.overlay.records.global.get(identityOf(99).peerId, soon())).to.equal(null);
    expect(await servers[0]?.overlay.records.global.get(identityOf(99).peerId, soon())).to.equal(null);
  });

  it("gives the newer of two records, whichever came last", async () => {
    const { clients } = await newMesh(2, 2);
    const [alice, bob] = clients as [MeshNode, MeshNode];
    const newer = await alice.signed({ sequence: 20, addresses: ["/ip4/192.0.2.2/tcp/4100"] });
    await putAtAll(alice, newer, 2);
    // Alice's older record, replayed by somebody else.
    await put(alice, await alice.signed({ sequence: 19, addresses: ["/ip4/192.0.2.1/tcp/4100"] })).catch(() => 0);
    expect((await bob.overlay.records.global.get(alice.peerId, soon()))?.sequence).to.equal(20);
    const newest = await alice.signed({ sequence: 21 });
    await putAtAll(alice, newest, 2);
    expect((await bob.overlay.records.global.get(alice.peerId, soon()))?.signed).to.deep.equal(newest);
  });

  it("does not give a record that ran out since it was kept", async () => {
    let nowMs = Date.now();
    const [server, alice, bob] = await Promise.all([1, 2, 3].map((n) => newNode(n, { now: () => nowMs })));
    if (!server || !alice || !bob) throw new Error("three nodes were started");
    await server.overlay.serveDht(true);
    await alice.overlay.connect(await server.record(), soon());
    await bob.overlay.connect(await server.record(), soon());
    await putAtAll(alice, await alice.signed(), 1);
    expect(await bob.overlay.records.global.get(alice.peerId, soon())).to.not.equal(null);
    nowMs += recordLifetimeMs;
    expect(await bob.overlay.records.global.get(alice.peerId, soon())).to.equal(null);
  });

  it("gives what it was told although a server with an older record cannot be corrected", async () => {
    const [older, newer] = await Promise.all([1, 2].map((sequence) => recordOf(identityOf(1), { sequence })));
    // js-libp2p ends a query with an error then, after the answers and before its result.
    const stubborn = {
      async *get() {
        for (const signed of [newer, older]) yield { name: "PEER_RESPONSE", record: { value: encode(signed) } };
        throw new Error("Could not send correction");
      },
    };
    const records = createRecordDht(() => stubborn as never, verifyAt());
    expect((await records.get(identityOf(1).peerId, soon(), { newest: true }))?.sequence).to.equal(2);
  });

  describe("a server's check", () => {
    const validate = recordValidator(verifyAt());

    it("takes a node's own record under its own key", async () => {
      await validate(keyOf(identityOf(1).peerId), encode(await recordOf(identityOf(1))));
    });

    it("refuses another's key, and what is no record", async () => {
      const signed = await recordOf(identityOf(1));
      const own = keyOf(identityOf(1).peerId);
      await expectCode(validate(keyOf(identityOf(2).peerId), encode(signed)), "RECORD_INVALID");
      const bad = [
        new Uint8Array(),
        new Uint8Array([0xff, 0xfe]),
        encode(null),
        encode([]),
        encode({ ...signed, signature: "0x" }),
        encode({ ...signed, content: 5 }),
        encode({ ...signed, mlDsaKeyHash: identityOf(2).mlDsaKeyHash }),
        encode(await recordOf(identityOf(1), { nowMs: Date.now() - recordLifetimeMs })),
      ];
      for (const value of bad) await expectCode(validate(own, value), "RECORD_INVALID");
    });

    it("refuses an older record than it has seen, and takes the same one again", async () => {
      const check = recordValidator(verifyAt());
      const key = keyOf(identityOf(1).peerId);
      const [older, newer] = await Promise.all([1, 2].map((sequence) => recordOf(identityOf(1), { sequence })));
      await check(key, encode(older));
      await check(key, encode(newer));
      await check(key, encode(newer));
      await expectCode(check(key, encode(older)), "RECORD_INVALID");
    });

    it("refuses a value over 16 KiB before it parses it", async () => {
      const padded = encode({ ...(await recordOf(identityOf(1))), padding: "x".repeat(16 * 1024) });
      await expectCode(validate(keyOf(identityOf(1).peerId), padded), "RECORD_INVALID");
    });
  });

  it("chooses the value of the highest sequence, and takes rubbish for the oldest", async () => {
    const values = await Promise.all(
      [5, 7, 6].map(async (sequence) => encode(await recordOf(identityOf(1), { sequence }))),
    );
    expect(recordSelector(new Uint8Array(), values)).to.equal(1);
    const [older] = values;
    const rubbish = [new Uint8Array([0xff]), encode(null), encode({ content: "{", mlDsaKeyHash: "", signature: "" })];
    expect(recordSelector(new Uint8Array(), [...rubbish, older as Uint8Array])).to.equal(3);
    expect(recordSelector(new Uint8Array(), rubbish)).to.equal(0);
  });
});
