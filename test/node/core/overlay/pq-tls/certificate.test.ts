import { X509Certificate } from "node:crypto";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { generateCertificate } from "@libp2p/tls/utils";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { expect } from "chai";
import { createCertificate, verifyCertificate } from "../../../../../node/core/overlay/pq-tls/certificate.ts";
import { expectCode } from "../../../../harness/expect-code.ts";
import { type Forgery, forgeCertificate, newMlDsaKey } from "../../../../harness/forge-certificate.ts";
import { identityOf } from "../../../../harness/identities.ts";

const identity = identityOf(1);
const refused = async (der: Uint8Array, reason: RegExp) => {
  const error = await expectCode(verifyCertificate(der), "HANDSHAKE_REFUSED");
  expect(error.details.reason).to.match(reason);
};

describe("core/overlay/pq-tls/certificate", () => {
  it("is an ML-DSA-87 certificate that proves the peer ID of both keys", async () => {
    const { cert } = await createCertificate(identity);
    const x509 = new X509Certificate(cert);
    expect(x509.publicKey.asymmetricKeyType).to.equal("ml-dsa-87");
    expect(x509.verify(x509.publicKey)).to.equal(true);
    expect(x509.raw.length).to.be.lessThan(16 * 1024);
    const proved = await verifyCertificate(x509.raw);
    expect(proved.peerId).to.equal(identity.peerId);
    expect(proved.nodeKey.equals(identity.libp2pKey.publicKey)).to.equal(true);
  });

  it("may be made by another implementation of the same shape", async () => {
    const { der } = await forgeCertificate({ mlDsaKey: identity.mlDsaKey, nodeKey: identity.libp2pKey });
    expect((await verifyCertificate(der)).peerId).to.equal(identity.peerId);
  });

  const lies: [string, () => Promise<Forgery>, RegExp][] = [
    ["without the libp2p extension", async () => ({ extensions: 0 }), /lacks the node key/],
    ["with two libp2p extensions", async () => ({ extensions: 2 }), /lacks the node key/],
    [
      "whose key another node's key signed",
      async () => ({ nodeKey: identity.libp2pKey, extensionSignedBy: await generateKeyPair("secp256k1") }),
      /did not sign/,
    ],
    ["of an Ed25519 node key", async () => ({ nodeKey: await generateKeyPair("Ed25519") }), /not secp256k1/],
    ["of an ECDSA node key", async () => ({ nodeKey: await generateKeyPair("ECDSA") }), /not secp256k1/],
    ["that another ML-DSA-87 key signed", async () => ({ signedBy: newMlDsaKey() }), /not signed by its own key/],
    ["over 16 KiB", async () => ({ padding: 9_000 }), /too large/],
    ["with rubbish for an extension", async () => ({ extensionValue: new Uint8Array([1, 2, 3]) }), /malformed/],
    ["with an empty extension", async () => ({ extensionValue: new Uint8Array() }), /malformed/],
  ];
  for (const [what, forgery, reason] of lies) {
    it(`${what} is refused`, async () => refused((await forgeCertificate(await forgery())).der, reason));
  }

  it("of stock libp2p, which is classical, is refused", async () => {
    const { cert } = await generateCertificate(identity.libp2pKey);
    await refused(new X509Certificate(cert).raw, /not ML-DSA-87/);
  });

  it("cannot take the node key extension of another's certificate", async () => {
    const own = await forgeCertificate({ nodeKey: identity.libp2pKey });
    const { tbsCertificate } = AsnConvert.parse(own.der, Certificate);
    const stolen = tbsCertificate.extensions?.[0]?.extnValue.buffer;
    await refused((await forgeCertificate({ extensionValue: new Uint8Array(stolen ?? []) })).der, /did not sign/);
  });

  it("that is no certificate at all is refused", async () => {
    for (const der of [
      new Uint8Array(),
      new Uint8Array([0x30]),
      new Uint8Array(500).fill(0x30),
      Buffer.from("rubbish"),
    ]) {
      await refused(der, /malformed/);
    }
  });
});
