import { type Address, type Hex, hashTypedData, keccak256, recoverPublicKey, stringToHex } from "viem";
import { z } from "zod";
import { ShadowMeshError } from "../errors.ts";
import { compressNodeKey, computePeerId, type Identity, nodeKeyAddress } from "../identity/index.ts";
import { hexSchema, peerIdSchema, timestampMsSchema } from "../schema.ts";
import { recordErrors } from "./errors.ts";
import { nodeRecordTopic, type StatementDomain, statementDomain, statementTypes } from "./statement.ts";

/** A record lives for an hour and is renewed at half of it: an address that is gone is forgotten soon. */
export const recordLifetimeMs = 60 * 60_000;
/** How far ahead of ours a publisher's clock may be. */
export const clockSkewMs = 2 * 60_000;
/** 16 addresses of up to 256 characters, 8 relays and 8 replaced addresses fit; more is refused before it is parsed. */
export const maxRecordBytes = 8192;

/** What one record holds at the most. */
export const recordLimits = { addresses: 16, addressCharacters: 256, relays: 8, replaced: 8 } as const;

const contentSchema = z.object({
  version: z.literal(1),
  peerId: peerIdSchema,
  sequence: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  issuedAtMs: timestampMsSchema,
  expiresAtMs: timestampMsSchema,
  addresses: z.array(z.string().max(recordLimits.addressCharacters)).max(recordLimits.addresses),
  relays: z.array(peerIdSchema).max(recordLimits.relays),
  /** Where the node was before, when it has moved: addresses of an earlier sequence that lead to it no more. */
  replaces: z
    .object({
      sequence: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
      addresses: z.array(z.string().max(recordLimits.addressCharacters)).max(recordLimits.replaced),
    })
    .optional(),
});

/** A record as it travels: the signature covers `content` byte for byte, so nobody has to agree on a canonical JSON. */
export const signedRecordSchema = z.object({
  content: z.string().max(maxRecordBytes),
  mlDsaKeyHash: hexSchema.refine((hash) => hash.length === 66, "expected 32 bytes"),
  signature: hexSchema.refine((signature) => signature.length === 132, "expected 65 bytes"),
});
export type SignedRecord = z.infer<typeof signedRecordSchema>;

/** Where a node says it can be reached, proved to be its own words. */
export interface NodeRecord extends z.infer<typeof contentSchema> {
  readonly nodeAddress: Address;
  /** Compressed secp256k1 node key, 33 bytes: the libp2p peer ID derives from it. */
  readonly nodePublicKey: Uint8Array;
  readonly signed: SignedRecord;
}

/** Signs where this node can be reached. `sequence` must grow from record to record; the clock in milliseconds does. */
export async function signRecord(
  identity: Identity,
  input: {
    addresses: readonly string[];
    relays: readonly Hex[];
    sequence: number;
    nowMs: number;
    replaces?: NodeRecord["replaces"];
  },
  domain: StatementDomain,
): Promise<SignedRecord> {
  const content = JSON.stringify({
    version: 1,
    peerId: identity.peerId,
    sequence: input.sequence,
    issuedAtMs: input.nowMs,
    expiresAtMs: input.nowMs + recordLifetimeMs,
    addresses: input.addresses.slice(0, recordLimits.addresses),
    relays: input.relays.slice(0, recordLimits.relays),
    replaces: input.replaces && {
      sequence: input.replaces.sequence,
      addresses: input.replaces.addresses.slice(0, recordLimits.replaced),
    },
  } satisfies z.input<typeof contentSchema>);
  const signature = await identity.nodeAccount.signTypedData(
    typedData(content, identity.peerId, input.sequence, domain),
  );
  return { content, mlDsaKeyHash: identity.mlDsaKeyHash, signature };
}

/**
 * Proves a record: the signature recovers to the node key which, with the ML-DSA key hash, gives the peer ID that the
 * record names; and it has not run out.
 *
 * @throws RECORD_INVALID
 */
export async function verifyRecord(
  signed: SignedRecord,
  context: { domain: StatementDomain; nowMs: number },
): Promise<NodeRecord> {
  const content = parseContent(signed.content);
  if (content.expiresAtMs <= context.nowMs) throw invalid("it has run out");
  if (content.issuedAtMs > context.nowMs + clockSkewMs) throw invalid("it was issued in the future");
  if (content.expiresAtMs - content.issuedAtMs > recordLifetimeMs) throw invalid("it lives for too long");
  const hash = hashTypedData(typedData(signed.content, content.peerId, content.sequence, context.domain));
  const publicKey = await recoverPublicKey({ hash, signature: signed.signature }).catch(() => {
    throw invalid("the signature is malformed");
  });
  const nodePublicKey = compressNodeKey(publicKey);
  const nodeAddress = nodeKeyAddress(nodePublicKey);
  if (computePeerId(nodeAddress, signed.mlDsaKeyHash) !== content.peerId) throw invalid("it is signed by other keys");
  return { ...content, nodeAddress, nodePublicKey, signed };
}

/** Of two valid records of one node, the newer; on a tie the one of the greater signature, so that all agree. */
export function newerRecord(a: NodeRecord, b: NodeRecord): NodeRecord {
  if (a.sequence !== b.sequence) return a.sequence > b.sequence ? a : b;
  return a.signed.signature >= b.signed.signature ? a : b;
}

function typedData(content: string, peerID: Hex, sequence: number, domain: StatementDomain) {
  return {
    domain: statementDomain(domain),
    types: statementTypes,
    primaryType: "Statement",
    message: {
      peerID,
      topic: nodeRecordTopic,
      sequence: BigInt(sequence),
      contentHash: keccak256(stringToHex(content)),
    },
  } as const;
}

function parseContent(text: string): z.infer<typeof contentSchema> {
  if (text.length > maxRecordBytes) throw invalid("it is too large");
  try {
    return contentSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ShadowMeshError(recordErrors.RECORD_INVALID, { message: "The node record is malformed.", cause });
  }
}

function invalid(reason: string): ShadowMeshError {
  return new ShadowMeshError(recordErrors.RECORD_INVALID, {
    message: `The node record is not valid: ${reason}.`,
    details: { reason },
  });
}
