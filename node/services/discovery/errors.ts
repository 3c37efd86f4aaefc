import { defineErrors } from "../../core/errors.ts";

export const discoveryErrors = defineErrors({
  LOOKUP_UNAVAILABLE: {
    status: 503,
    summary: "Neither the DHT nor a backbone could be asked for this peer ID.",
    action: "See `details` for what is wrong with each. `shadowmesh status` shows how far the node has come.",
  },
  NOT_ANNOUNCED: {
    status: 409,
    summary: "This is the node's own ID, and it has not announced where it can be reached yet.",
    action: "Others find it once it is registered and has joined: `shadowmesh status` shows how far it has come.",
  },
  PEER_IS_SELF: {
    status: 400,
    summary: "This is the node's own ID: there is no way to go to reach it.",
    action: "Name another node; `shadowmesh peers` lists some.",
  },
});
