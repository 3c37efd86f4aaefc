import { defineErrors } from "../../errors.ts";

/** Why no router forwards ports to this node: told by `shadowmesh status`, and never a failure of the node. */
export const portMappingErrors = defineErrors({
  MAPPING_OFF: {
    status: 409,
    summary: "Port mapping is switched off.",
    action: "Set `overlay.portMapping` to true to have the router forward this node's ports.",
  },
  MAPPING_NOT_NEEDED: {
    status: 409,
    summary: "This node listens on no private IPv4 address, so no router stands before it.",
    action: "Nothing to do.",
  },
  NO_GATEWAY: {
    status: 502,
    summary: "No router of this network answers to NAT-PMP or UPnP.",
    action:
      "Switch one of them on in the router, or forward the ports there by hand; others reach this node by relays.",
  },
  MAPPING_REFUSED: {
    status: 502,
    summary: "The router does not forward the ports.",
    action: "See `details` for what it said. Forward them there by hand; others reach this node by relays.",
  },
  GATEWAY_NOT_PUBLIC: {
    status: 502,
    summary: "The router forwards the ports, but its own address is private: another router stands before it.",
    action: "Ask the provider for a public address; others reach this node by relays.",
  },
});
