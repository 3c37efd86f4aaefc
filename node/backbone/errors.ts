import { defineErrors } from "../core/errors.ts";

export const backboneErrors = defineErrors({
  BACKBONE_AWAY: {
    status: 503,
    summary: "The backbone does not answer.",
    action:
      "Nothing to do: it is asked again, and another in its stead where there is one. If it is yours, see its log.",
  },
  CHALLENGE_UNKNOWN: {
    status: 401,
    summary: "This challenge was not issued, or was answered before.",
    action: "Ask for a new challenge; each may be answered once.",
  },
  CHALLENGE_EXPIRED: {
    status: 401,
    summary: "This challenge has run out.",
    action: "Ask for a new challenge and answer it within 30 seconds.",
  },
  PEER_ID_MISMATCH: {
    status: 401,
    summary: "The peer ID does not belong to the challenge and keys that were sent.",
    action: "Send the public key and node address of the identity that asked for the challenge.",
  },
  SIGNATURE_INVALID: {
    status: 401,
    summary: "The signature is not this key's over the challenge.",
    action: "Sign the 32 bytes of the challenge by ML-DSA-87 under the context `shadowmesh/auth/1`.",
  },
  PEER_NOT_REGISTERED: {
    status: 403,
    summary: "This node is not registered on NodeNexus, or is leaving it.",
    action: "Register it in the GUI, or with `shadowmesh register`, then try again.",
  },
  AUTH_BUSY: {
    status: 503,
    summary: "Too many nodes are signing in at this moment.",
    action: "Try again in half a minute, or with another backbone.",
  },
  SESSION_INVALID: {
    status: 401,
    summary: "The session token is missing, has run out, or was not issued by this network's backbones.",
    action: "Authenticate again by GET /api/auth/challenge and POST /api/auth/verify.",
  },
  RECORD_NOT_YOURS: {
    status: 403,
    summary: "The record belongs to another node than the session.",
    action: "Announce the record of the node that authenticated.",
  },
  RECORD_STALE: {
    status: 409,
    summary: "A newer record of this node is known.",
    action: "Sign a record with a greater sequence; the clock in milliseconds will do.",
  },
  EPOCH_OPEN: {
    status: 409,
    summary: "The probes of this epoch are not all in yet.",
    action: "Ask again one slot (a twelfth of an epoch) after the epoch's end.",
  },
  EVIDENCE_NOT_FOUND: {
    status: 404,
    summary: "This backbone has no such evidence.",
    action: "Ask for an epoch whose root is on chain, or ask another backbone.",
  },
  EVIDENCE_REFUSED: {
    status: 409,
    summary: "This backbone does not sign the scores that were proposed.",
    action: "See `details` for the reason; the next backbone proposes in its turn.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    summary: "The backbone's database does not answer.",
    action: "Try again in a few seconds, or with another backbone; this one recovers by itself.",
  },
  NOT_READY: {
    status: 503,
    summary: "The backbone runs but can't do all of its work now.",
    action: "See `details` for what is missing; it recovers by itself.",
  },
});
