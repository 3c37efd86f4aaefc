import { z } from "zod";
import { route } from "../../api/route.ts";
import { chainErrors } from "../../core/chain/errors.ts";
import { addressSchema, hexSchema, peerIdSchema } from "../../core/schema.ts";

export const membershipRoutes = {
  /**
   * What the operator's wallet needs in order to register this node: the arguments of `NodeNexus.register` that only
   * the node itself can make. The signature is valid for the named operator alone, until the deadline.
   */
  registrationProof: route({
    method: "POST",
    path: "/api/registration/proof",
    access: "owner",
    summary: "Signs, with the node key, that this operator may register this node.",
    input: z.object({ operator: addressSchema }),
    output: z.object({
      peerId: peerIdSchema,
      mlDsaKeyHash: hexSchema,
      nodeSignature: hexSchema,
      /** Unix seconds, by the chain's clock. */
      deadline: z.number().int(),
      nexusAddress: addressSchema,
      chainId: z.number().int(),
    }),
    errors: [chainErrors.CHAIN_UNREACHABLE, chainErrors.WRONG_CHAIN, chainErrors.NO_CONTRACT],
  }),
};
