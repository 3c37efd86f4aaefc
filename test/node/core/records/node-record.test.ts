import { expect } from "chai";
import type { Hex } from "viem";
import { keccak256, stringToHex } from "viem";
import {
  maxRecordBytes,
  newerRecord,
  recordLifetimeMs,
  type SignedRecord,
  signedRecordSchema,
  signRecord,
  verifyRecord,
} from "../../../../node/core/records/index.ts";
import { clockSkewMs } from "../../../../node/core/records/node-record.ts";
import { nodeRecordTopic, statementDomain, statementTypes } from "../../../../node/core/records/statement.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { domain, identityOf, recordOf } from "../../../harness/identities.ts";

const nowMs = Date.UTC(2026, 5, 1);
const alice = identityOf(1);
const mallory = identityOf(66);
const addresses = ["/ip4/192.0.2.1/tcp/4100", "/ip6/2001:db8::1/tcp/4101/ws"];
const verify = (signed: SignedRecord, atMs = nowMs) => verifyRecord(signed, { domain, nowMs: atMs });
const refused = async (signed: SignedRecord, reason: RegExp, atMs = nowMs) => {
  const error = await expectCode(verify(signed, atMs), "RECORD_INVALID");
  expect(error.message).to.match(reason);
};

/** Signs any content as `who` would, for what an honest node never says. */
async function signContent(who: typeof alice, content: object | string, sequence = 1): Promise<SignedRecord> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const signature = await who.nodeAccount.signTypedData({
    domain: statementDomain(domain),
    types: statementTypes,
    primaryType: "Statement",
    message: {
      peerID: who.peerId,
      topic: nodeRecordTopic,
      sequence: BigInt(sequence),
      contentHash: keccak256(stringToHex(text)),
    },
  });
  return { content: text, mlDsaKeyHash: who.mlDsaKeyHash, signature };
}

const honest = {
  version: 1,
  peerId: alice.peerId,
  sequence: 1,
  issuedAtMs: nowMs,
  expiresAtMs: nowMs + recordLifetimeMs,
  addresses,
  relays: [],
};

describe("core/records", () => {
  it("proves what a node signed, and by which keys", async () => {
    const relays = [mallory.peerId];
    const signed = await recordOf(alice, { addresses, relays, sequence: 7, nowMs });
    const record = await verify(signed);
    expect(record).to.deep.include({ version: 1, peerId: alice.peerId, sequence: 7, addresses, relays, signed });
    expect(record).to.include({ issuedAtMs: nowMs, expiresAtMs: nowMs + recordLifetimeMs });
    expect(record.nodeAddress).to.equal(alice.nodeAddress);
    expect(record.nodePublicKey).to.deep.equal(alice.libp2pKey.publicKey.raw);
    expect(signedRecordSchema.parse(JSON.parse(JSON.stringify(signed)))).to.deep.equal(signed);
  });

  it("keeps to 16 addresses and 8 relays, however many there are", async () => {
    const many = Array.from({ length: 40 }, (_, n) => `/ip4/192.0.2.${n}/tcp/4100`);
    const relays = Array.from({ length: 20 }, (_, n) => identityOf(n + 1).peerId);
    const record = await verify(await recordOf(alice, { addresses: many, relays, nowMs }));
    expect(record.addresses).to.deep.equal(many.slice(0, 16));
    expect(record.relays).to.have.length(8);
  });

  it("holds until its hour is over, and not a millisecond longer", async () => {
    const signed = await recordOf(alice, { nowMs });
    await verify(signed, nowMs + recordLifetimeMs - 1);
    await refused(signed, /run out/, nowMs + recordLifetimeMs);
  });

  it("of a clock that is two minutes ahead is taken, of one further ahead not", async () => {
    await verify(await recordOf(alice, { nowMs: nowMs + clockSkewMs }));
    await refused(await recordOf(alice, { nowMs: nowMs + clockSkewMs + 1 }), /future/);
  });

  it("that would live for more than an hour is refused", async () => {
    await verify(await signContent(alice, honest));
    await refused(await signContent(alice, { ...honest, expiresAtMs: honest.expiresAtMs + 1 }), /too long/);
  });

  it("whose content was changed is refused", async () => {
    const signed = await recordOf(alice, { addresses, nowMs });
    await refused({ ...signed, content: signed.content.replace("192.0.2.1", "192.0.2.2") }, /other keys/);
    await refused({ ...signed, content: `${signed.content} ` }, /other keys/);
    await refused({ ...signed, content: signed.content.replace(/"sequence":\d+/, '"sequence":1') }, /other keys/);
  });

  it("of one node is not another's: neither signature, nor key hash, nor ID can be swapped", async () => {
    const signed = await recordOf(alice, { nowMs });
    const foreign = await recordOf(mallory, { nowMs });
    await refused({ ...signed, signature: foreign.signature }, /other keys/);
    await refused({ ...signed, mlDsaKeyHash: mallory.mlDsaKeyHash }, /other keys/);
    await refused(await signContent(mallory, honest), /other keys/);
    await refused({ ...(await signContent(mallory, honest)), mlDsaKeyHash: alice.mlDsaKeyHash }, /other keys/);
  });

  it("for another chain or another contract is refused", async () => {
    const input = { addresses, relays: [], sequence: 1, nowMs };
    await refused(await signRecord(alice, input, { ...domain, chainId: 1 }), /other keys/);
    const nexusAddress: Hex = "0x00000000000000000000000000000000000000bb";
    await refused(await signRecord(alice, input, { ...domain, nexusAddress }), /other keys/);
  });

  it("whose signature is no signature is refused", async () => {
    const signed = await recordOf(alice, { nowMs });
    for (const signature of ["0x", "0x00", `0x${"00".repeat(65)}`, `0x${"ff".repeat(65)}`, `0x${"11".repeat(64)}`]) {
      await refused({ ...signed, signature: signature as Hex }, /malformed|other keys/);
    }
  });

  it("that is not of the agreed shape is refused, even where its node signed it", async () => {
    const shapes: (object | string)[] = [
      "",
      "null",
      "[]",
      "{",
      "\u0000",
      { ...honest, version: 2 },
      { ...honest, peerId: "0x12" },
      { ...honest, sequence: -1 },
      { ...honest, sequence: 1.5 },
      { ...honest, sequence: 2 ** 53 },
      { ...honest, issuedAtMs: "now" },
      { ...honest, expiresAtMs: null },
      { ...honest, addresses: "none" },
      { ...honest, addresses: Array(17).fill("/ip4/192.0.2.1/tcp/1") },
      { ...honest, addresses: ["x".repeat(257)] },
      { ...honest, relays: Array(9).fill(alice.peerId) },
      { ...honest, relays: ["0x12"] },
    ];
    for (const shape of shapes) await refused(await signContent(alice, shape), /malformed/);
  });

  it("over 8 KiB is refused before it is parsed", async () => {
    const padded = JSON.stringify({ ...honest, padding: "x".repeat(maxRecordBytes) });
    await refused(await signContent(alice, padded), /malformed|too large/);
    expect(signedRecordSchema.safeParse(await signContent(alice, padded)).success).to.equal(false);
  });

  describe("of two records of one node", () => {
    it("the one of the higher sequence is newer, in whichever order they come", async () => {
      const older = await verify(await recordOf(alice, { sequence: 1, nowMs }));
      const newer = await verify(await recordOf(alice, { sequence: 2, nowMs: nowMs - 1_000 }));
      expect(newerRecord(older, newer)).to.equal(newer);
      expect(newerRecord(newer, older)).to.equal(newer);
    });

    it("and the same sequence, all agree on one", async () => {
      const one = await verify(await recordOf(alice, { sequence: 1, nowMs, addresses: ["/ip4/192.0.2.1/tcp/1"] }));
      const other = await verify(await recordOf(alice, { sequence: 1, nowMs, addresses: ["/ip4/192.0.2.2/tcp/1"] }));
      expect(newerRecord(one, other)).to.equal(newerRecord(other, one));
    });
  });
});
