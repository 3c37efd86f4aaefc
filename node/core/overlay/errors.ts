import { defineErrors } from "../errors.ts";

export const overlayErrors = defineErrors({
  PEER_NOT_FOUND: {
    status: 404,
    summary: "No node with this peer ID was found.",
    action: "Check the ID; the node may be offline, or its record has run out.",
  },
  DHT_UNREACHABLE: {
    status: 503,
    summary: "No DHT server could be asked.",
    action:
      "Nothing to do: the node knows DHT servers once it has joined. `shadowmesh status` shows how far it has come.",
  },
  NOT_A_DHT_SERVER: {
    status: 403,
    summary: "The contract does not list the peer as one that serves this DHT.",
    action: "Nothing to do: it is not asked. Backbones and public nodes serve the DHT, each that of its own region.",
  },
  PEER_UNREACHABLE: {
    status: 502,
    summary: "The peer was found but could not be reached.",
    action: "See `details` for what was tried; it may be offline, or its relay is.",
  },
  HANDSHAKE_REFUSED: {
    status: 502,
    summary: "The peer's post-quantum handshake is not valid.",
    action:
      "Nothing to do: the connection was closed. The peer may run another version, or pretend to be somebody else.",
  },
  WRONG_PEER: {
    status: 502,
    summary: "The peer proved other keys than those of the wanted peer ID.",
    action: "Nothing to do: the connection was closed. Somebody else answers at this address.",
  },
  MALFORMED_FRAME: {
    status: 400,
    summary: "A peer sent a frame that is malformed or over the limit.",
    action: "Nothing to do: the stream was reset. The peer may run another version.",
  },
  SPLICE_REFUSED: {
    status: 503,
    summary: "The relay does not pass this lane through.",
    action: "Nothing to do: the connection's own stream is used instead. The relay may be full, or not know this node.",
  },
  PAYMENT_REQUIRED: {
    status: 402,
    summary: "The relay passes nothing more until it is paid.",
    action: "Open a channel to it (`shadowmesh channel open`) or add to the one there is; it is paid by itself then.",
  },
  LISTEN_FAILED: {
    status: 500,
    summary: "The overlay cannot listen on its configured address.",
    action:
      "Another program may use the port: change `overlay.listen`, `overlay.dataPort` or `overlay.udpPort`, or stop that program.",
  },
});
