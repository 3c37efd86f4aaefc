import type { Hex } from "viem";
import { hexToBytes } from "viem";
import type { Client } from "../../api/client.ts";
import { backboneRoutes } from "../../backbone/api.ts";
import { createBackboneClient } from "../../backbone/client.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { authContext, type Identity } from "../../core/identity/index.ts";
import { type Overlay, overlayErrors } from "../../core/overlay/index.ts";
import type { NodeRecord, SignedRecord } from "../../core/records/index.ts";
import type { BackboneEntry } from "./directory.ts";
import { membershipErrors } from "./errors.ts";

const requestTimeoutMs = 5_000;

export interface BackboneSessionDeps {
  identity: Identity;
  overlay: Pick<Overlay, "cache" | "connect">;
  verifyRecord(signed: SignedRecord): Promise<NodeRecord>;
}

/** An authenticated relation to one backbone. */
export interface BackboneSession {
  readonly peerId: Hex;
  readonly url: string;
  readonly expiresAtMs: number;
  /** For what else the backbone serves to peers. */
  readonly token: string;
  announce(signed: SignedRecord, signal: AbortSignal): Promise<void>;
}

/**
 * Joins through a backbone: proves its record against the ID that the contract names, connects the overlay to it, and
 * signs its challenge with the ML-DSA-87 key.
 *
 * @throws BACKBONE_UNREACHABLE, BACKBONE_REFUSED
 */
export async function openSession(
  entry: BackboneEntry,
  deps: BackboneSessionDeps,
  signal: AbortSignal,
): Promise<BackboneSession> {
  const { identity } = deps;
  const client = createBackboneClient({ baseUrl: entry.url, timeoutMs: requestTimeoutMs });
  const peerId = await connect(client, entry, deps, signal);
  try {
    const { challenge } = await client.call(backboneRoutes.challenge, { peer_id: identity.peerId }, { signal });
    const signature = identity.signMlDsa(hexToBytes(challenge), authContext);
    const session = await client.call(
      backboneRoutes.verify,
      {
        peer_id: identity.peerId,
        challenge,
        signature: Buffer.from(signature).toString("base64"),
        public_key: Buffer.from(identity.mlDsaPublicKey).toString("base64"),
        node_address: identity.nodeAddress,
      },
      { signal },
    );
    const headers = { authorization: `Bearer ${session.session_token}` };
    const authenticated = createBackboneClient({ baseUrl: entry.url, timeoutMs: requestTimeoutMs, headers });
    return {
      peerId,
      url: entry.url,
      expiresAtMs: Date.parse(session.expires_at),
      token: session.session_token,
      async announce(signed, announceSignal) {
        await authenticated.call(backboneRoutes.announce, signed, { signal: announceSignal });
      },
    };
  } catch (cause) {
    throw toSessionError(cause, entry);
  }
}

/**
 * Asks a backbone whether it can serve: the least that any can be asked. The chain is away for all of them alike.
 *
 * @throws where it says that it can't, or says nothing
 */
export async function askBackbone(url: string, signal: AbortSignal): Promise<void> {
  const client = createBackboneClient({ baseUrl: url, timeoutMs: requestTimeoutMs });
  await client.call(backboneRoutes.ready, { exclude: "chain" }, { signal }).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
}

/** Whether a backbone that works refused what it was asked: another one would as well. */
export const isRefusal = (error: unknown): boolean =>
  ShadowMeshError.is(error) && error.status >= 400 && error.status < 500 && error.status !== 429;

/** Backbones that are asked for one peer at the most. */
const maxAsked = 8;

/**
 * The signed record that a public registry has of a peer, or null where none has one. The first backbone is asked alone,
 * the others at once: each has the records of those who signed in with it, and of everybody only where all share a database.
 *
 * @throws BACKBONE_UNREACHABLE where none answers
 */
export async function lookupAmong(
  urls: readonly string[],
  peerId: Hex,
  signal: AbortSignal,
): Promise<SignedRecord | null> {
  const [first, ...others] = urls.slice(0, maxAsked).map((url) => async () => {
    const record = await lookupAt(url, peerId, signal);
    if (record === null) throw new ShadowMeshError(overlayErrors.PEER_NOT_FOUND, { details: { peerId, url } });
    return record;
  });
  const failures: unknown[] = [];
  for (const round of first === undefined ? [] : [[first], others]) {
    try {
      return await Promise.any(round.map((ask) => ask()));
    } catch (error) {
      failures.push(...(error as AggregateError).errors);
    }
  }
  if (failures.some((error) => ShadowMeshError.is(error, overlayErrors.PEER_NOT_FOUND))) return null;
  throw new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE, { cause: failures.at(-1) });
}

/** The signed record that one backbone's public registry has of a peer, or null. */
async function lookupAt(url: string, peerId: Hex, signal: AbortSignal): Promise<SignedRecord | null> {
  const client = createBackboneClient({ baseUrl: url, timeoutMs: requestTimeoutMs });
  try {
    return (await client.call(backboneRoutes.lookup, { peer_id: peerId }, { signal })).record;
  } catch (error) {
    if (ShadowMeshError.is(error, overlayErrors.PEER_NOT_FOUND)) return null;
    throw error;
  }
}

async function connect(
  client: Client,
  entry: BackboneEntry,
  deps: BackboneSessionDeps,
  signal: AbortSignal,
): Promise<Hex> {
  try {
    const { record: signed } = await client.call(backboneRoutes.node, {}, { signal });
    const record = await deps.verifyRecord(signed);
    if (entry.peerId !== null && record.peerId !== entry.peerId) {
      const details = { url: entry.url, wanted: entry.peerId, shown: record.peerId };
      throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details });
    }
    if (record.peerId === deps.identity.peerId) return record.peerId;
    deps.overlay.cache.add(record);
    await deps.overlay.connect(record, signal);
    return record.peerId;
  } catch (cause) {
    throw toSessionError(cause, entry);
  }
}

function toSessionError(cause: unknown, { url }: BackboneEntry): ShadowMeshError {
  const refused = isRefusal(cause);
  const definition = refused ? membershipErrors.BACKBONE_REFUSED : membershipErrors.BACKBONE_UNREACHABLE;
  const reason = ShadowMeshError.is(cause) ? { code: cause.code, reason: cause.message } : { reason: String(cause) };
  return new ShadowMeshError(definition, {
    message: refused ? `The backbone refused to authenticate this node: ${reason.reason}` : undefined,
    details: { url, ...reason },
    cause,
  });
}
