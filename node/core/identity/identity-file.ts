import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { bytesToHex, type Hex, hexToBytes, size } from "viem";
import { z } from "zod";
import { ShadowMeshError } from "../errors.ts";
import { hexSchema, peerIdSchema } from "../schema.ts";
import { createFileAtomically, readFileIfPresent, toStoreError } from "../store/index.ts";
import { identityErrors } from "./errors.ts";
import { createIdentity, type Identity } from "./identity.ts";
import { seedToPhrase } from "./phrase.ts";

const seedBytes = 32;

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
export async function createIdentityFile(
  folder: string,
  seed: Uint8Array = randomBytes(seedBytes),
): Promise<StoredIdentity> {
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
    throw corrupt(
      path,
      cause.code === "EISDIR" ? "a folder stands in its place" : `reading it failed (${cause.code})`,
      cause,
    );
  });
  if (text === null) throw new ShadowMeshError(identityErrors.IDENTITY_MISSING, { details: { folder } });
  const { seed, peerId } = parseIdentity(text, path);
  const identity = createIdentity(seed);
  if (identity.peerId !== peerId) throw corrupt(path, "its seed does not give the peer ID that it names");
  return { identity, phrase: seedToPhrase(seed) };
}

function parseIdentity(text: string, path: string): { seed: Uint8Array; peerId: Hex } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without a cause: a parser's message may quote the seed, and causes are logged.
    throw corrupt(path, "it is not JSON");
  }
  const { success, data } = identityFileSchema.safeParse(json);
  if (!success) throw corrupt(path, "it is not an identity of a version that this program knows");
  if (size(data.seed) !== seedBytes) throw corrupt(path, `its seed is not ${seedBytes} bytes long`);
  return { seed: hexToBytes(data.seed), peerId: data.peerId };
}

function corrupt(path: string, reason: string, cause?: Error): ShadowMeshError {
  const message = `The identity file is damaged: ${reason}.`;
  return new ShadowMeshError(identityErrors.IDENTITY_CORRUPT, { message, details: { path }, cause });
}
