import { defineErrors } from "../../errors.ts";

export const moveErrors = defineErrors({
  MOVE_REFUSED: {
    status: 409,
    summary: "The word of a move is not valid.",
    action: "Nothing to do: it was not acted on. It is another node's, or older than what is known of the peer.",
  },
});
