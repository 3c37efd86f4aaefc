"use client";

import { useMutation } from "@tanstack/react-query";
import { client } from "../../_shared/node/client";

/** How many bytes "Measure speed" moves: enough for a figure, over in seconds on a home line. */
export const measuredBytes = 16 * 2 ** 20;

/** What can be asked about one peer ID; a new question of a kind replaces its last answer. */
export function useProbe() {
  const lookup = useMutation({ mutationFn: (peerId: string) => client.call("lookup", { peerId }) });
  const ping = useMutation({ mutationFn: (peerId: string) => client.call("ping", { peerId }) });
  const speed = useMutation({
    mutationFn: (peerId: string) => client.call("throughput", { peerId, bytes: measuredBytes }),
  });
  const why = useMutation({ mutationFn: (peerId: string) => client.call("why", { peerId }) });
  const reset = () => {
    for (const question of [lookup, ping, speed, why]) question.reset();
  };
  return { lookup, ping, speed, why, reset };
}
