import { sign, verify } from "node:crypto";
import { ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { expect } from "chai";
import { concat, type Hex, keccak256, recoverMessageAddress, slice } from "viem";
import {
  authContext,
  createIdentity,
  mlDsa87,
  nodeKeyAddress,
  phraseToSeed,
  verifyMlDsa87,
} from "../../../../node/core/identity/index.ts";
import { mlDsaPrivateKey } from "../../../../node/core/identity/ml-dsa.ts";
import { seedToPhrase } from "../../../../node/core/identity/phrase.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";
import { identityOf, seedOf } from "../../../harness/identities.ts";
import { createRandom } from "../../../harness/random.ts";

const message = new TextEncoder().encode("a challenge");
const context = new TextEncoder().encode(authContext);

describe("core/identity", () => {
  it("gives a seed the same keys and peer ID for ever", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
    // Computed apart, with @noble/hashes and @noble/post-quantum.
    const { peerId, nodeAddress, mlDsaKeyHash, libp2pKey } = createIdentity(seed);
    expect({ peerId, nodeAddress, mlDsaKeyHash, libp2p: libp2pKey.publicKey.toString() }).to.deep.equal({
      peerId: "0xcc995ec4f8a68e7fb888c07e0236277fd2712a00",
      nodeAddress: "0x4e3Ff658fCF3E12e5dCD52cB7dF360C19De1cB44",
      mlDsaKeyHash: "0xbf1e885116ef047aff78d4e92b37bc14d4bdb15705ae7e0df036e35f3b25df8a",
      libp2p: "16Uiu2HAkvCArw2S4843mumfMXqu1s9sKaaam1k8L3nwFdhriRiKc",
    });
    expect(createIdentity(seed).mlDsaPublicKey).to.deep.equal(createIdentity(seed).mlDsaPublicKey);
  });

  it("gives every seed other keys", () => {
    const random = createRandom(1);
    const identities = Array.from({ length: 20 }, () => createIdentity(random.bytes(32)));
    expect(new Set(identities.map(({ peerId }) => peerId)).size).to.equal(20);
    expect(new Set(identities.map(({ nodeAddress }) => nodeAddress)).size).to.equal(20);
  });

  it("binds both keys in the peer ID", () => {
    const { peerId, nodeAddress, mlDsaPublicKey } = identityOf(1);
    const bind = (address: Hex, key: Uint8Array) => slice(keccak256(concat([address, keccak256(key)])), 0, 20);
    expect(peerId).to.match(/^0x[0-9a-f]{40}$/);
    expect(bind(nodeAddress, mlDsaPublicKey)).to.equal(peerId);
    expect(bind(identityOf(2).nodeAddress, mlDsaPublicKey)).to.not.equal(peerId);
    expect(bind(nodeAddress, identityOf(2).mlDsaPublicKey)).to.not.equal(peerId);
  });

  it("has one node key, for Ethereum and for libp2p", async () => {
    const { nodeAccount, nodeAddress, libp2pKey } = identityOf(1);
    const signature = await nodeAccount.signMessage({ message: "hello" });
    expect(await recoverMessageAddress({ message: "hello", signature })).to.equal(nodeAddress);
    expect(nodeKeyAddress(libp2pKey.publicKey.raw)).to.equal(nodeAddress);
  });

  describe("ML-DSA-87", () => {
    const identity = identityOf(3);

    it("has the key and signature lengths of FIPS 204", () => {
      expect(identity.mlDsaPublicKey).to.have.length(mlDsa87.publicKeyBytes);
      expect(identity.signMlDsa(message, authContext)).to.have.length(mlDsa87.signatureBytes);
    });

    it("accepts its own signature, and none of another message, key or context", async () => {
      const signed = {
        publicKey: identity.mlDsaPublicKey,
        message,
        signature: identity.signMlDsa(message, authContext),
        context: authContext,
      };
      expect(await verifyMlDsa87(signed)).to.equal(true);
      expect(await verifyMlDsa87({ ...signed, context: "shadowmesh/auth/2" })).to.equal(false);
      expect(await verifyMlDsa87({ ...signed, context: "" })).to.equal(false);
      expect(await verifyMlDsa87({ ...signed, message: message.subarray(1) })).to.equal(false);
      expect(await verifyMlDsa87({ ...signed, publicKey: identityOf(4).mlDsaPublicKey })).to.equal(false);
    });

    it("answers false, and does not throw, for keys and signatures of wrong length", async () => {
      const signed = {
        publicKey: identity.mlDsaPublicKey,
        message,
        signature: new Uint8Array(4627),
        context: authContext,
      };
      expect(await verifyMlDsa87(signed)).to.equal(false);
      for (const length of [0, 1, 4626, 4628]) {
        expect(await verifyMlDsa87({ ...signed, signature: new Uint8Array(length) })).to.equal(false);
      }
      for (const length of [0, 2591, 2593]) {
        expect(await verifyMlDsa87({ ...signed, publicKey: new Uint8Array(length) })).to.equal(false);
      }
      expect(await verifyMlDsa87({ ...signed, publicKey: new Uint8Array(2592) })).to.equal(false);
    });

    it("derives the same key from a seed as @noble/post-quantum", () => {
      const key = mlDsaPrivateKey(seedOf(9));
      const { publicKey, secretKey } = ml_dsa87.keygen(seedOf(9));
      const signature = ml_dsa87.sign(message, secretKey, { context });
      expect(verify(null, message, { key, context }, signature)).to.equal(true);
      expect(ml_dsa87.verify(sign(null, message, { key, context }), message, publicKey, { context })).to.equal(true);
    });

    it("understands @noble/post-quantum and is understood by it, in both directions", async () => {
      const { publicKey, secretKey } = ml_dsa87.keygen(seedOf(9));
      const signature = ml_dsa87.sign(message, secretKey, { context });
      expect(await verifyMlDsa87({ publicKey, message, signature, context: authContext })).to.equal(true);
      expect(await verifyMlDsa87({ publicKey, message, signature, context: "other" })).to.equal(false);
      const ours = identity.signMlDsa(message, authContext);
      expect(ml_dsa87.verify(ours, message, identity.mlDsaPublicKey, { context })).to.equal(true);
      expect(ml_dsa87.verify(ours, message, identity.mlDsaPublicKey)).to.equal(false);
    });
  });

  describe("recovery phrase", () => {
    it("has 24 words, which give the seed back", () => {
      const random = createRandom(2);
      for (let round = 0; round < 50; round++) {
        const seed = random.bytes(32);
        const phrase = seedToPhrase(seed);
        expect(phrase.split(" ")).to.have.length(24);
        expect(phraseToSeed(phrase)).to.deep.equal(seed);
      }
    });

    it("may be typed in capitals, on several lines and with spaces around", () => {
      const phrase = seedToPhrase(seedOf(7));
      expect(phraseToSeed(`\n  ${phrase.toUpperCase().replaceAll(" ", " \n\t")} \n`)).to.deep.equal(seedOf(7));
    });

    it("is refused where a word is missing, unknown, swapped, or the checksum is wrong", () => {
      const words = seedToPhrase(createRandom(3).bytes(32)).split(" ");
      const bad = [
        "",
        words.slice(1).join(" "),
        [...words, "abandon"].join(" "),
        ["shadowmesh", ...words.slice(1)].join(" "),
        [words[1], words[0], ...words.slice(2)].join(" "),
        // 12 words are a valid phrase elsewhere, of 16 bytes.
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
      ];
      for (const phrase of bad) expectThrownCode(() => phraseToSeed(phrase), "PHRASE_INVALID");
    });
  });
});
