"use client";

import { useMutationState } from "@tanstack/react-query";
import { ExplainedError } from "./explained-error";

/** Why the last attempt to connect a wallet came to nothing: the dialog, which made it, tells no reason. */
export function ConnectFailure() {
  const attempts = useMutationState({ filters: { mutationKey: ["connect"] }, select: ({ state }) => state.error });
  return <ExplainedError error={attempts.at(-1)} />;
}
