import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { bytesToHex, hexToBytes } from "viem";
import { z } from "zod";
import { ShadowMeshError } from "../errors.ts";
import { hexSchema, peerIdSchema } from "../schema.ts";
import { createFileAtomically, readFileIfPresent, toStoreError } from "../store/index.ts";
import { identityErrors } from "./errors.ts";
import { createIdentity, type Identity } from "./identity.ts";
import { seedToPhrase } from "./phrase.ts";

const identityFileSchema = z.object({
  format: z.literal("shadowmesh-identity"),
  version: z.literal(1),
  /** Stands beside the seed as its checksum. */
  peerId: peerIdSchema,
  seed: hexSchema,
});

export interface StoredIdentity {
  readonly identity: Identity;
  /** The 24 words for the owner's backup. */
  readonly phrase: string;
}

const identityPath = (folder: string) => join(folder, "identity.json");

/**
 * Makes the identity of a data folder, or restores it from a seed; never overwrites one.
 *
 * @throws IDENTITY_EXISTS, DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function createIdentityFile(folder: string, seed: Uint8Array = randomBytes(32)): Promise<StoredIdentity> {
  const identity = createIdentity(seed);
  const content = { format: "shadowmesh-identity", version: 1, peerId: identity.peerId, seed: bytesToHex(seed) };
  // Two that make one at the same moment must not both be told that theirs was kept.
  if (!(await createFileAtomically(identityPath(folder), `${JSON.stringify(content, null, 2)}\n`))) {
    throw new ShadowMeshError(identityErrors.IDENTITY_EXISTS, { details: { folder } });
  }
  return { identity, phrase: seedToPhrase(seed) };
}

/**
 * Reads the identity of a data folder and proves that its seed gives the peer ID it names.
 *
 * @throws IDENTITY_MISSING, IDENTITY_CORRUPT, DATA_FOLDER_UNWRITABLE where it may not be read
 */
export async function readIdentityFile(folder: string): Promise<StoredIdentity> {
  const path = identityPath(folder);
  const text = await readFileIfPresent(path).catch((cause: NodeJS.ErrnoException) => {
    const error = toStoreError(cause, path);
    if (ShadowMeshError.is(error) && cause.code !== "EISDIR") throw error;
    throw new ShadowMeshError(identityErrors.IDENTITY_CORRUPT, { details: { path, reason: cause.code }, cause });
  });
  if (text === null) throw new ShadowMeshError(identityErrors.IDENTITY_MISSING, { details: { folder } });
  try {
    const file = identityFileSchema.parse(JSON.parse(text));
    const seed = hexToBytes(file.seed);
    if (seed.length !== 32) throw new Error(`the seed has ${seed.length} bytes, not 32`);
    const identity = createIdentity(seed);
    if (identity.peerId !== file.peerId) throw new Error("the seed gives another peer ID");
    return { identity, phrase: seedToPhrase(seed) };
  } catch {
    // Without a cause: a parser's message may quote the seed, and causes are logged.
    throw new ShadowMeshError(identityErrors.IDENTITY_CORRUPT, { details: { path } });
  }
}
