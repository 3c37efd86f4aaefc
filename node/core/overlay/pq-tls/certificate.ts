import { createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { publicKeyFromProtobuf, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import type { Secp256k1PublicKey } from "@libp2p/interface";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { computePeerId, type Identity, mlDsaKeyHash, nodeKeyAddress } from "../../identity/index.ts";
import { rawMlDsaPublicKey } from "../../identity/ml-dsa.ts";
import { overlayErrors } from "../errors.ts";
import {
  contextTag,
  decodeAll,
  decodeOne,
  encode,
  encodeBitString,
  encodeOid,
  encodeSequence,
  encodeTime,
  tags,
} from "./der.ts";

/** id-ml-dsa-87 (FIPS 204, RFC 9881). */
const mlDsa87Oid = "2.16.840.1.101.3.4.3.19";
/** The libp2p public key extension (libp2p specs, tls/tls.md). */
const libp2pExtensionOid = "1.3.6.1.4.1.53594.1.1";
const libp2pExtension = decodeOne(encodeOid(libp2pExtensionOid), tags.objectIdentifier);
const libp2pSignaturePrefix = Buffer.from("libp2p-tls-handshake:");
const commonNameOid = "2.5.4.3";
/** Version 3, as RFC 5280 numbers it, and the tag of the extensions. */
const version3 = Buffer.from([2]);
const extensionsTag = 3;
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

const made = new WeakMap<Identity, Promise<TlsCredentials>>();

/** An identity's certificate, made once for a process: making one costs two signatures, and nothing in it changes. */
export function credentialsOf(identity: Identity): Promise<TlsCredentials> {
  const credentials = made.get(identity) ?? createCertificate(identity);
  made.set(identity, credentials);
  return credentials;
}

/**
 * The certificate that is the identity: its own key is the ML-DSA-87 key, self-signed, and it carries the libp2p
 * extension in which the node key signs that key. 4 ms.
 */
export async function createCertificate(identity: Identity): Promise<TlsCredentials> {
  const spki = createPublicKey(identity.mlDsaKey).export({ format: "der", type: "spki" });
  const nodeSignature = await identity.libp2pKey.sign(Buffer.concat([libp2pSignaturePrefix, spki]));
  const signedKey = encodeSequence(
    encode(tags.octetString, publicKeyToProtobuf(identity.libp2pKey.publicKey)),
    encode(tags.octetString, nodeSignature),
  );
  const algorithm = encodeSequence(encodeOid(mlDsa87Oid));
  const name = encodeName("shadowmesh");
  // RFC 5280, 4.1.
  const tbsCertificate = encodeSequence(
    encode(contextTag(0), encode(tags.integer, version3)),
    encode(tags.integer, positiveSerial()),
    algorithm,
    name,
    encodeSequence(encodeTime(validity.notBefore), encodeTime(validity.notAfter)),
    name,
    spki,
    encode(contextTag(extensionsTag), encodeSequence(encodeExtension(signedKey))),
  );
  const signature = sign(null, tbsCertificate, identity.mlDsaKey);
  const certificate = encodeSequence(tbsCertificate, algorithm, encodeBitString(signature));
  return {
    cert: new X509Certificate(certificate).toString(),
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
  const found = extensionsOf(raw).filter(({ oid }) => oid.equals(libp2pExtension));
  const [extension] = found;
  if (extension === undefined || found.length !== 1) throw refused("the certificate lacks the node key");
  const [publicKey, signature] = octetStrings(extension.value);
  // A copy: libp2p keeps the key for as long as it knows the peer, and a slice would keep the whole certificate.
  const nodeKey = publicKeyFromProtobuf(Uint8Array.from(publicKey));
  if (nodeKey.type !== "secp256k1") throw refused("the node key is not secp256k1");
  const spki = mlDsaKey.export({ format: "der", type: "spki" });
  const signed = Buffer.concat([libp2pSignaturePrefix, spki]);
  if (!(await nodeKey.verify(signed, signature))) {
    throw refused("the node key did not sign the certificate's key");
  }
  return { peerId: computePeerId(nodeKeyAddress(nodeKey.raw), mlDsaKeyHash(rawMlDsaPublicKey(mlDsaKey))), nodeKey };
}

/** The extensions of a certificate (RFC 5280, 4.1 and 4.2): OBJECT IDENTIFIER, critical or not, OCTET STRING. */
function extensionsOf(raw: Uint8Array): { oid: Buffer; value: Buffer }[] {
  const [tbsCertificate] = decodeAll(decodeOne(raw, tags.sequence));
  const list = decodeAll(tbsCertificate?.content ?? Buffer.alloc(0)).find(
    ({ tag }) => tag === contextTag(extensionsTag),
  );
  if (list === undefined) return [];
  return decodeAll(decodeOne(list.content, tags.sequence)).map(({ tag, content }) => {
    const [oid, ...rest] = decodeAll(content);
    const value = rest.at(-1);
    if (tag !== tags.sequence || oid?.tag !== tags.objectIdentifier || value?.tag !== tags.octetString) {
      throw new Error("not an extension");
    }
    return { oid: oid.content, value: value.content };
  });
}

/** SEQUENCE { publicKey OCTET STRING, signature OCTET STRING }, the value of the libp2p extension. */
function octetStrings(bytes: Uint8Array): [publicKey: Buffer, signature: Buffer] {
  const [publicKey, signature, ...more] = decodeAll(decodeOne(bytes, tags.sequence));
  if (publicKey?.tag !== tags.octetString || signature?.tag !== tags.octetString || more.length > 0) {
    throw new Error("not the libp2p extension");
  }
  return [publicKey.content, signature.content];
}

function encodeExtension(value: Uint8Array): Buffer {
  const critical = encode(tags.boolean, Buffer.from([0xff]));
  return encodeSequence(encodeOid(libp2pExtensionOid), critical, encode(tags.octetString, value));
}

function encodeName(commonName: string): Buffer {
  const attribute = encodeSequence(encodeOid(commonNameOid), encode(tags.utf8String, Buffer.from(commonName)));
  return encodeSequence(encode(tags.set, attribute));
}

function positiveSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function refused(reason: string, cause?: unknown): ShadowMeshError {
  return new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, {
    message: `The peer's post-quantum handshake is not valid: ${reason}.`,
    details: { reason },
    cause,
  });
}
