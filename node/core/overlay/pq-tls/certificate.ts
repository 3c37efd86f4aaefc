import { createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { publicKeyFromProtobuf, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import type { Secp256k1PublicKey } from "@libp2p/interface";
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
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { computePeerId, type Identity, mlDsaKeyHash, nodeKeyAddress } from "../../identity/index.ts";
import { rawMlDsaPublicKey } from "../../identity/ml-dsa.ts";
import { overlayErrors } from "../errors.ts";

/** id-ml-dsa-87 (FIPS 204, RFC 9881). */
const mlDsa87Oid = "2.16.840.1.101.3.4.3.19";
/** The libp2p public key extension (libp2p specs, tls/tls.md). */
const libp2pExtensionOid = "1.3.6.1.4.1.53594.1.1";
const libp2pSignaturePrefix = Buffer.from("libp2p-tls-handshake:");
const commonNameOid = "2.5.4.3";
/** RFC 5280, 4.1.2.5: no well-defined end. An identity does not run out, so neither does its certificate. */
const validity = { notBefore: new Date("2025-01-01T00:00:00Z"), notAfter: new Date("9999-12-31T23:59:59Z") };
/** Ours has about 7.6 KB: 2.6 key, 4.6 signature, the rest. */
const maxCertificateBytes = 16 * 1024;

export interface TlsCredentials {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

/** What a peer's certificate proves. */
export interface CertifiedPeer {
  /** 20 bytes. */
  readonly peerId: Hex;
  readonly nodeKey: Secp256k1PublicKey;
}

/** SEQUENCE { publicKey OCTET STRING, signature OCTET STRING } of the libp2p extension. */
class SignedKey {
  publicKey = new OctetString();
  signature = new OctetString();
}
AsnProp({ type: OctetString })(SignedKey.prototype, "publicKey");
AsnProp({ type: OctetString })(SignedKey.prototype, "signature");

/**
 * The certificate that is the identity: its own key is the ML-DSA-87 key, self-signed, and it carries the libp2p
 * extension in which the node key signs that key. Made once for a process; 4 ms.
 */
export async function createCertificate(identity: Identity): Promise<TlsCredentials> {
  const spki = createPublicKey(identity.mlDsaKey).export({ format: "der", type: "spki" });
  const nodeSignature = await identity.libp2pKey.sign(Buffer.concat([libp2pSignaturePrefix, spki]));
  const signedKey = new SignedKey();
  signedKey.publicKey = new OctetString(publicKeyToProtobuf(identity.libp2pKey.publicKey));
  signedKey.signature = new OctetString(nodeSignature);

  const algorithm = new AlgorithmIdentifier({ algorithm: mlDsa87Oid });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: positiveSerial(),
    signature: algorithm,
    issuer: commonName("shadowmesh"),
    validity: new Validity(validity),
    subject: commonName("shadowmesh"),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([
      new Extension({
        extnID: libp2pExtensionOid,
        critical: true,
        extnValue: new OctetString(AsnConvert.serialize(signedKey)),
      }),
    ]),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), identity.mlDsaKey);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: toArrayBuffer(signature),
  });
  return {
    cert: new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString(),
    key: identity.mlDsaKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

/**
 * Proves a peer's certificate: an ML-DSA-87 key, self-signed, whose key the secp256k1 node key signed. That the peer
 * holds the ML-DSA-87 key, TLS has proved by then.
 *
 * @param raw DER
 * @throws HANDSHAKE_REFUSED
 */
export async function verifyCertificate(raw: Uint8Array): Promise<CertifiedPeer> {
  if (raw.length > maxCertificateBytes) throw refused("the certificate is too large");
  try {
    const certificate = new X509Certificate(raw);
    if (certificate.publicKey.asymmetricKeyType !== "ml-dsa-87")
      throw refused("the certificate's key is not ML-DSA-87");
    if (!certificate.verify(certificate.publicKey)) throw refused("the certificate is not signed by its own key");
    return await readExtension(raw, certificate.publicKey);
  } catch (error) {
    if (ShadowMeshError.is(error)) throw error;
    throw refused("the certificate is malformed", error);
  }
}

async function readExtension(raw: Uint8Array, mlDsaKey: KeyObject): Promise<CertifiedPeer> {
  const { tbsCertificate } = AsnConvert.parse(raw, Certificate);
  const found = (tbsCertificate.extensions ?? []).filter((extension) => extension.extnID === libp2pExtensionOid);
  const [extension] = found;
  if (extension === undefined || found.length !== 1) throw refused("the certificate lacks the node key");
  const { publicKey, signature } = AsnConvert.parse(extension.extnValue, SignedKey);
  const nodeKey = publicKeyFromProtobuf(new Uint8Array(publicKey.buffer));
  if (nodeKey.type !== "secp256k1") throw refused("the node key is not secp256k1");
  const spki = mlDsaKey.export({ format: "der", type: "spki" });
  const signed = Buffer.concat([libp2pSignaturePrefix, spki]);
  if (!(await nodeKey.verify(signed, new Uint8Array(signature.buffer)))) {
    throw refused("the node key did not sign the certificate's key");
  }
  return { peerId: computePeerId(nodeKeyAddress(nodeKey.raw), mlDsaKeyHash(rawMlDsaPublicKey(mlDsaKey))), nodeKey };
}

function commonName(name: string): Name {
  const value = new AttributeValue({ utf8String: name });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonNameOid, value })])]);
}

function positiveSerial(): ArrayBuffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return toArrayBuffer(serial);
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function refused(reason: string, cause?: unknown): ShadowMeshError {
  return new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, {
    message: `The peer's post-quantum handshake is not valid: ${reason}.`,
    details: { reason },
    cause,
  });
}
