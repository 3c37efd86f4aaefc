import { defineErrors } from "../../errors.ts";

/** Why two nodes could not open a way through their NATs: told by `shadowmesh why`, and no failure of a connection. */
export const punchErrors = defineErrors({
  PUNCH_NO_RELAYED: {
    status: 502,
    summary: "A way through both NATs is agreed on over a relayed connection, and none is open.",
    action: "Nothing to do: it is tried once the peer is reached through a relay.",
  },
  PUNCH_NO_UDP: {
    status: 502,
    summary: "This node has no UDP socket.",
    action: "Set `overlay.udpPort`, unless it runs on a platform that the library was not built for (see the log).",
  },
  PUNCH_UDP_BLOCKED: {
    status: 502,
    summary: "No UDP gets through to the nodes that would tell this node its outer address.",
    action: "A firewall between drops it: have it let UDP out, or go on through relays.",
  },
  PUNCH_SYMMETRIC: {
    status: 502,
    summary: "Both NATs take another port for each peer, so that neither can be told where to send.",
    action: "Open the ports of one node in its router, or go on through relays.",
  },
  PUNCH_REFUSED: {
    status: 502,
    summary: "The peer does not punch with this node now.",
    action: "Nothing to do here: it is tried again by itself.",
  },
  PUNCH_UNANSWERED: {
    status: 502,
    summary: "No probe came through between the two NATs.",
    action: "One of them takes another port for each peer, or a firewall drops UDP; it is tried again by itself.",
  },
});
