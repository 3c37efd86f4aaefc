import { hexToBytes } from "viem";
import { type Client, createClient } from "../../node/api/client.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { authContext, readIdentityFile } from "../../node/core/identity/index.ts";
import type { RunningNode } from "../../scripts/network/index.ts";

/** A node's answer to a challenge that a backbone gave it now. */
export async function answerChallenge(url: string, { folder, peerId }: RunningNode) {
  const { identity } = await readIdentityFile(folder);
  const { challenge } = await createClient({ baseUrl: url }).call(backboneRoutes.challenge, { peer_id: peerId });
  return {
    peer_id: peerId,
    challenge,
    signature: Buffer.from(identity.signMlDsa(hexToBytes(challenge), authContext)).toString("base64"),
    public_key: Buffer.from(identity.mlDsaPublicKey).toString("base64"),
    node_address: identity.nodeAddress,
  };
}

/** Hands an answer in. Returns the code of the refusal, or null where it got in. */
export function present(url: string, answer: Awaited<ReturnType<typeof answerChallenge>>): Promise<string | null> {
  return createClient({ baseUrl: url })
    .call(backboneRoutes.verify, answer)
    .then(
      () => null,
      (error: { code: string }) => error.code,
    );
}

/** A client that a backbone takes for the node. */
export async function signedIn(url: string, node: RunningNode): Promise<Client> {
  const answer = await answerChallenge(url, node);
  const { session_token } = await createClient({ baseUrl: url }).call(backboneRoutes.verify, answer);
  return createClient({ baseUrl: url, headers: { authorization: `Bearer ${session_token}` } });
}

/** Signs in as a node would. Returns the code of the refusal, or null where it got in. */
export const signIn = async (url: string, node: RunningNode) => present(url, await answerChallenge(url, node));
