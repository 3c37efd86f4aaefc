import { defineErrors } from "../../core/errors.ts";

export const membershipErrors = defineErrors({
  NODE_NOT_REGISTERED: {
    status: 409,
    summary: "This node is not registered on NodeNexus yet.",
    action: "Register it in the GUI, or with `shadowmesh register`.",
  },
  VIEW_ONLY: {
    status: 409,
    summary: "A view-only node hosts nothing for others, so it is not registered as a public or backbone node.",
    action: "Register it with `--type private`, or set `hosting.viewOnly` to false first.",
  },
  BACKBONE_UNREACHABLE: {
    status: 503,
    summary: "No backbone of the contract's list answers.",
    action: "Nothing to do: the daemon keeps trying, with back-off. `shadowmesh status` shows when it is back.",
  },
  BACKBONE_REFUSED: {
    status: 502,
    summary: "The backbone refused to authenticate this node.",
    action:
      "Read the backbone's reason in `details`; check that the node is registered with the keys of this data folder.",
  },
});
