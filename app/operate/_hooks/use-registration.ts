"use client";

import { useMutation } from "@tanstack/react-query";
import { encodeFunctionData } from "viem";
import { useConfig } from "wagmi";
import { estimateFeesPerGas, estimateGas, getBalance, simulateContract } from "wagmi/actions";
import type { Network } from "../../_shared/chain/network";
import { encodeRegion, type NexusCall, nodeTypeNumber } from "../../_shared/chain/nexus";
import { requestOf, useSend } from "../../_shared/chain/send";
import { client, routes } from "../../_shared/node/client";
import type { Offer } from "./use-offer";

/** A registration that the contract would accept now, with what it costs. */
export interface Prepared {
  call: NexusCall;
  peerId: `0x${string}`;
  operator: `0x${string}`;
  offer: Offer;
  stakeWei: bigint;
  gasCostWei: bigint;
  balanceWei: bigint;
}

interface Wish {
  offer: Offer;
  stakeWei: bigint;
  operator: `0x${string}`;
}

/** Has the node prove itself, tries the registration without sending it, and then sends it. */
export function useRegistration(network: Network) {
  const config = useConfig();
  const send = useSend(network);
  const prepare = useMutation({
    mutationFn: async ({ offer, stakeWei, operator }: Wish): Promise<Prepared> => {
      const { chainId } = network;
      const proof = await client.call(routes.registrationProof, { operator });
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
      const request = requestOf(config, network, call);
      await simulateContract(config, request);
      const [gas, fees, balance] = await Promise.all([
        estimateGas(config, {
          account: operator,
          to: request.address,
          data: encodeFunctionData(request),
          value: stakeWei,
          chainId,
        }),
        estimateFeesPerGas(config, { chainId }),
        getBalance(config, { address: operator, chainId }),
      ]);
      const gasCostWei = gas * (fees.maxFeePerGas ?? 0n);
      return { call, peerId: proof.peerId, operator, offer, stakeWei, gasCostWei, balanceWei: balance.value };
    },
  });
  return { prepare, send };
}
