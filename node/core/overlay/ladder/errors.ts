import { defineErrors } from "../../errors.ts";

/** Why a rung was not taken: each is told by `shadowmesh why`, and none fails a connection that another rung makes. */
export const ladderErrors = defineErrors({
  NO_DIRECT_ADDRESS: {
    status: 502,
    summary: "The peer's record has no address of its own that this node can dial.",
    action: "Nothing to do here: the peer is behind a router that forwards nothing to it, or only dials out.",
  },
  NO_RELAY: {
    status: 502,
    summary: "The peer's record names no relay.",
    action: "Nothing to do here: a private node takes relays once it has joined, and a public one needs none.",
  },
  ADDRESS_CLOSED: {
    status: 502,
    summary: "Nobody listens at the address.",
    action: "The peer may have stopped or moved: its next record says where it is.",
  },
  ADDRESS_UNREACHABLE: {
    status: 502,
    summary: "No route leads to the address from here.",
    action: "It may belong to another local network, or to an IP version that this machine has no route for.",
  },
  ATTEMPT_TIMED_OUT: {
    status: 502,
    summary: "Nothing answered in time.",
    action: "A router or firewall between the two may drop what was sent; the peer may be gone.",
  },
  RELAY_UNREACHABLE: {
    status: 502,
    summary: "The relay itself could not be reached.",
    action: "It may have stopped: the peer takes another one, which its next record names.",
  },
  RELAY_REFUSED: {
    status: 502,
    summary: "The relay does not connect to the peer.",
    action: "The peer's reservation there may have ended: its next record names its relays.",
  },
  ATTEMPT_FAILED: {
    status: 502,
    summary: "The attempt failed before the peer had proved itself.",
    action: "See `details` for what the network said; it is tried again by itself.",
  },
});
