import { randomBytes } from "node:crypto";
import { type Address, type Hex, isAddressEqual, recoverMessageAddress } from "viem";
import { parseSiweMessage, validateSiweMessage } from "viem/siwe";
import { ShadowMeshError } from "../../core/errors.ts";
import { apiErrors } from "../daemon.ts";
import { createExpiringSecrets } from "./secrets.ts";

/** Checks the signature of an account that is a contract (EIP-1271). */
export type VerifySignature = (input: { address: Address; message: string; signature: Hex }) => Promise<boolean>;

export interface WalletConfig {
  chainId: number;
  nonceLifetimeMs: number;
  maxNonces: number;
}

export interface WalletDeps {
  now: () => number;
  /** The node's operator on chain; null while the node is not registered. */
  operatorOf(): Promise<Address | null>;
  verifySignature?: VerifySignature;
}

export interface WalletSignIn {
  createNonce(): string;
  /** @throws WALLET_SIGN_IN_REFUSED with the reason in its details */
  verify(input: { message: string; signature: Hex; host: string }): Promise<void>;
}

/** Sign-in with Ethereum (EIP-4361) for the one wallet that is the node's operator. */
export function createWalletSignIn(config: WalletConfig, deps: WalletDeps): WalletSignIn {
  const nonces = createExpiringSecrets<true>({ lifetimeMs: config.nonceLifetimeMs, max: config.maxNonces }, deps.now);
  return {
    createNonce() {
      const nonce = randomBytes(16).toString("hex");
      nonces.add(nonce, true);
      return nonce;
    },
    async verify({ message, signature, host }) {
      const parsed = parseSiweMessage(message);
      const { address, nonce, domain, uri, chainId } = parsed;
      if (!address || !nonce || !domain || !uri) throw refused("malformed");
      // Taken before anything else is looked at: a nonce serves one attempt, whatever comes of it.
      if (!nonces.take(nonce)) throw refused("nonce");
      if (domain !== host || hostOf(uri) !== host) throw refused("domain");
      if (chainId !== config.chainId) throw refused("chain");
      if (!validateSiweMessage({ message: parsed, time: new Date(deps.now()) })) throw refused("expired");
      const operator = await deps.operatorOf();
      if (operator === null) throw refused("unregistered");
      if (!isAddressEqual(address, operator)) throw refused("address");
      if (!(await isSignedBy(operator, message, signature, deps.verifySignature))) throw refused("signature");
    },
  };
}

async function isSignedBy(address: Address, message: string, signature: Hex, verify?: VerifySignature) {
  const signer = await recoverMessageAddress({ message, signature }).catch(() => null);
  if (signer !== null && isAddressEqual(signer, address)) return true;
  return verify !== undefined && (await verify({ address, message, signature }));
}

function hostOf(uri: string): string | null {
  return URL.canParse(uri) ? new URL(uri).host : null;
}

function refused(reason: string): ShadowMeshError {
  return new ShadowMeshError(apiErrors.WALLET_SIGN_IN_REFUSED, { details: { reason } });
}
