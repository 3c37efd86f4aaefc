"use client";

import { useMutation } from "@tanstack/react-query";
import type { Network } from "../../_shared/chain/network";
import { encodeRegion, type NexusCall, nodeTypeNumber } from "../../_shared/chain/nexus";
import { useSend } from "../../_shared/chain/use-send";
import type { Prepared } from "../../_shared/chain/wallet/prepare";
import { client } from "../../_shared/node/client";
import type { Offer } from "./use-offer";

/** A registration that the contract would accept now, with what it costs. */
export interface PreparedRegistration extends Prepared {
  peerId: `0x${string}`;
  offer: Offer;
}

interface Wish {
  offer: Offer;
  stakeWei: bigint;
  operator: `0x${string}`;
}

/** Has the node prove itself, tries the registration without sending it, and then sends it. */
export function useRegistration(network: Network) {
  const send = useSend(network);
  const prepare = useMutation({
    mutationFn: async ({ offer, stakeWei, operator }: Wish): Promise<PreparedRegistration> => {
      const proof = await client.call("registrationProof", { operator });
      const call: NexusCall = {
        functionName: "register",
        args: [
          {
            peerID: proof.peerId,
            nodeType: nodeTypeNumber(offer.nodeType),
            region: encodeRegion(offer.region),
            bandwidthMbps: offer.bandwidthMbps,
            mlDsaKeyHash: proof.mlDsaKeyHash,
            nodeSignature: proof.nodeSignature,
            deadline: BigInt(proof.deadline),
          },
        ],
        value: stakeWei,
      };
      const { prepareCalls } = await import("../../_shared/chain/wallet/prepare");
      return { ...(await prepareCalls(network, [call])), peerId: proof.peerId, offer };
    },
  });
  return { prepare, send };
}
