"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Address } from "viem";
import { publicClientOf } from "../public-client.ts";
import { type NodeList, type NodeShape, readNodeList } from "./read.ts";

/** How often the chain is asked for a new block: what is in one is shown within a second, mostly. */
export const lookIntervalMs = 750;

/** Every active node of the contract, kept up to date by its events. `name` tells apart what pages make of the nodes. */
export function useNodeList<N extends { peerId: string }>(
  name: string,
  rpcUrl: string,
  address: Address,
  shape: NodeShape<N>,
) {
  const queryClient = useQueryClient();
  const queryKey = ["node-list", name, rpcUrl, address];
  return useQuery({
    queryKey,
    // Ten thousand nodes would be compared one by one, to no end: those that did not change are the same objects.
    structuralSharing: false,
    refetchInterval: lookIntervalMs,
    queryFn: () =>
      readNodeList(publicClientOf(rpcUrl), address, shape, queryClient.getQueryData<NodeList<N>>(queryKey)),
  });
}
