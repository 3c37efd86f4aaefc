import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { generateKeyPair, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import { AsnConvert, AsnProp, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import type { TlsCredentials } from "../../node/core/overlay/pq-tls/certificate.ts";

/** What the certificate is to say, where it differs from an honest one. */
export interface Forgery {
  /** Key of the certificate. @default a new ML-DSA-87 key */
  mlDsaKey?: KeyObject;
  /** @default the certificate's own key */
  signedBy?: KeyObject;
  /** The key that the extension names. @default a new secp256k1 key */
  nodeKey?: PrivateKey;
  /** The key that signs the extension. @default the node key */
  extensionSignedBy?: PrivateKey;
  /** @default 1 */
  extensions?: number;
  /** Replaces the extension's content. */
  extensionValue?: Uint8Array;
  /** Bytes of an extension that nobody asked for. @default none */
  padding?: number;
}

class SignedKey {
  publicKey = new OctetString();
  signature = new OctetString();
}
AsnProp({ type: OctetString })(SignedKey.prototype, "publicKey");
AsnProp({ type: OctetString })(SignedKey.prototype, "signature");

export const newMlDsaKey = (): KeyObject => generateKeyPairSync("ml-dsa-87").privateKey;

/** A certificate in the shape of ours, apart from ours, and with the lies that a test wants. */
export async function forgeCertificate(forgery: Forgery = {}): Promise<TlsCredentials & { der: Uint8Array }> {
  const mlDsaKey = forgery.mlDsaKey ?? newMlDsaKey();
  const nodeKey = forgery.nodeKey ?? (await generateKeyPair("secp256k1"));
  const spki = createPublicKey(mlDsaKey).export({ format: "der", type: "spki" });
  const signer = forgery.extensionSignedBy ?? nodeKey;
  const signedKey = new SignedKey();
  signedKey.publicKey = new OctetString(publicKeyToProtobuf(nodeKey.publicKey));
  signedKey.signature = new OctetString(await signer.sign(Buffer.concat([Buffer.from("libp2p-tls-handshake:"), spki])));
  const value = forgery.extensionValue ?? new Uint8Array(AsnConvert.serialize(signedKey));
  const named = (id: string, bytes: Uint8Array) =>
    new Extension({ extnID: id, critical: false, extnValue: new OctetString(bytes) });
  const extensions = Array.from({ length: forgery.extensions ?? 1 }, () => named("1.3.6.1.4.1.53594.1.1", value));
  if (forgery.padding !== undefined) extensions.push(named("1.2.3.4.5", randomBytes(forgery.padding)));

  const algorithm = new AlgorithmIdentifier({ algorithm: "2.16.840.1.101.3.4.3.19" });
  const text = new AttributeTypeAndValue({ type: "2.5.4.3", value: new AttributeValue({ utf8String: "forged" }) });
  const name = new Name([new RelativeDistinguishedName([text])]);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array([1]).buffer,
    signature: algorithm,
    issuer: name,
    validity: new Validity({ notBefore: new Date(0), notAfter: new Date("2050-01-01") }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    ...(extensions.length === 0 ? {} : { extensions: new Extensions(extensions) }),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), forgery.signedBy ?? mlDsaKey);
  const signatureValue = new Uint8Array(signature).buffer;
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: algorithm, signatureValue });
  const der = new Uint8Array(AsnConvert.serialize(certificate));
  const base64 = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  return {
    der,
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: mlDsaKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}
