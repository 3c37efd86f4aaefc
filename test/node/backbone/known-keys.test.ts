import { expect } from "chai";
import { createKnownKeys, type Keys } from "../../../node/backbone/auth/known-keys.ts";
import { rawMlDsaPublicKey } from "../../../node/core/identity/ml-dsa.ts";
import { identityOf } from "../../harness/identities.ts";

const keysOf = (n: number) => {
  const { peerId, nodeAddress, mlDsaPublicKey: publicKey } = identityOf(n);
  return { peerId, keys: { nodeAddress, publicKey } satisfies Keys };
};

describe("backbone/auth, keys that are known again", () => {
  const [one, other, third] = [keysOf(1), keysOf(2), keysOf(3)];
  const open = (max?: number) => {
    const keyOf = createKnownKeys(max);
    return (...asked: Parameters<typeof keyOf>) => {
      const key = keyOf(...asked);
      return key && Buffer.from(rawMlDsaPublicKey(key));
    };
  };

  it("are the peer's, again and again", () => {
    const keyOf = open();
    for (let times = 0; times < 3; times++) {
      for (const { peerId, keys } of [one, other])
        expect(keyOf(peerId, keys)).to.deep.equal(Buffer.from(keys.publicKey));
    }
  });

  it("let neither half of another's pass, nor a flipped bit, nor another length, before or after", () => {
    const keyOf = open();
    const flipped = Uint8Array.from(one.keys.publicKey);
    flipped[2_591] = (flipped[2_591] ?? 0) ^ 1;
    const wrong: Keys[] = [
      other.keys,
      { ...one.keys, publicKey: other.keys.publicKey },
      { ...one.keys, nodeAddress: other.keys.nodeAddress },
      { ...one.keys, publicKey: flipped },
      { ...one.keys, publicKey: one.keys.publicKey.subarray(1) },
      { ...one.keys, publicKey: new Uint8Array() },
    ];
    for (let times = 0; times < 2; times++) {
      for (const keys of wrong) expect(keyOf(one.peerId, keys)).to.equal(null);
      expect(keyOf(one.peerId, one.keys)).to.deep.equal(Buffer.from(one.keys.publicKey));
      expect(keyOf(other.peerId, one.keys)).to.equal(null);
    }
  });

  it("are still told right where others took their place", () => {
    const keyOf = open(2);
    for (const { peerId, keys } of [one, other, third, one, third, other]) {
      expect(keyOf(peerId, keys)).to.deep.equal(Buffer.from(keys.publicKey));
      expect(keyOf(peerId, { ...keys, publicKey: keys.publicKey.toReversed() })).to.equal(null);
    }
  });
});
