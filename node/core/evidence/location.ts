import { z } from "zod";
import { type StatementDomain, statementDomain } from "../records/statement.ts";
import { hexSchema, peerIdSchema, timestampMsSchema } from "../schema.ts";
import { type Signer, signerOf } from "./probe.ts";

/** Escaped, one is under a kilobyte; more is refused before it is parsed. */
export const maxLocationBytes = 2_048;

/** Where a backbone says that the evidence of an epoch can be had. */
export const locationSchema = z.object({
  backbone: peerIdSchema,
  epoch: z.number().int().nonnegative(),
  root: hexSchema.refine((root) => root.length === 66, "expected 32 bytes"),
  /** Base URL of its public API. */
  url: z.url({ protocol: /^https?$/ }).max(256),
  issuedAtMs: timestampMsSchema,
  mlDsaKeyHash: hexSchema.refine((hash) => hash.length === 66, "expected 32 bytes"),
  signature: hexSchema.refine((signature) => signature.length === 132, "expected 65 bytes"),
});
export type EvidenceLocation = z.infer<typeof locationSchema>;
type Content = Omit<EvidenceLocation, "mlDsaKeyHash" | "signature">;

export async function signLocation(
  signer: Signer,
  content: Omit<Content, "backbone">,
  domain: StatementDomain,
): Promise<EvidenceLocation> {
  const own = { backbone: signer.peerId, ...content };
  const signature = await signer.nodeAccount.signTypedData(locationData(own, domain));
  return { ...own, mlDsaKeyHash: signer.mlDsaKeyHash, signature };
}

/** Whether the backbone that a location names has signed it. */
export async function isLocationSigned(location: EvidenceLocation, domain: StatementDomain): Promise<boolean> {
  return (await signerOf(locationData(location, domain), location)) === location.backbone;
}

/** No statement, which could contradict another one: a backbone may move, and say so. */
function locationData({ backbone, epoch, root, url, issuedAtMs }: Content, domain: StatementDomain) {
  return {
    domain: statementDomain(domain),
    types: {
      EvidenceLocation: [
        { name: "backbone", type: "bytes20" },
        { name: "epoch", type: "uint64" },
        { name: "root", type: "bytes32" },
        { name: "url", type: "string" },
        { name: "issuedAtMs", type: "uint64" },
      ],
    },
    primaryType: "EvidenceLocation",
    message: { backbone, epoch: BigInt(epoch), root, url, issuedAtMs: BigInt(issuedAtMs) },
  } as const;
}
