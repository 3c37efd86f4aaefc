import { existsSync } from "node:fs";
import { type Hex, isHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { ShadowMeshError } from "../errors.ts";
import { createFileAtomically, readFileIfPresent } from "../store/index.ts";
import { chainErrors } from "./errors.ts";

export type OperatorAccount = PrivateKeyAccount;

export const minPasswordLength = 8;

/** An operator keystore: encrypted JSON (Web3 Secret Storage v3), as ethers, geth and MetaMask write it. */
export interface Keystore {
  /** Takes seconds, on purpose. @throws KEYSTORE_UNREADABLE */
  open(password: string): Promise<OperatorAccount>;
}

/** Reads a keystore, still closed. @throws KEYSTORE_MISSING, KEYSTORE_UNREADABLE */
export async function readKeystore(path: string): Promise<Keystore> {
  // Without the cause: a wrong password must not be quoted in a log.
  const unreadable = (reason: string) =>
    new ShadowMeshError(chainErrors.KEYSTORE_UNREADABLE, { details: { path, reason } });
  const text = await readFileIfPresent(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(error.code ?? error.name);
  });
  if (text === null) throw new ShadowMeshError(chainErrors.KEYSTORE_MISSING, { details: { path } });
  return {
    async open(password) {
      try {
        const { Wallet } = await import("ethers");
        const { privateKey } = await Wallet.fromEncryptedJson(text, password);
        return privateKeyToAccount(privateKey as Hex);
      } catch (error) {
        throw unreadable((error as Error).name);
      }
    },
  };
}

/** @throws KEYSTORE_EXISTS */
export function requireNoKeystore(path: string): void {
  if (existsSync(path)) throw new ShadowMeshError(chainErrors.KEYSTORE_EXISTS, { details: { path } });
}

/**
 * Writes a new operator key, or the given one, as encrypted JSON in ethers' format; gives its address.
 *
 * @throws PRIVATE_KEY_INVALID, PASSWORD_TOO_SHORT, KEYSTORE_EXISTS, DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeKeystore(path: string, password: string, privateKey?: string): Promise<Hex> {
  const { Wallet } = await import("ethers");
  if (privateKey !== undefined && !isPrivateKey(privateKey)) {
    throw new ShadowMeshError(chainErrors.PRIVATE_KEY_INVALID);
  }
  if (password.length < minPasswordLength) throw new ShadowMeshError(chainErrors.PASSWORD_TOO_SHORT);
  const wallet = privateKey === undefined ? Wallet.createRandom() : new Wallet(privateKey);
  if (!(await createFileAtomically(path, await wallet.encrypt(password)))) {
    throw new ShadowMeshError(chainErrors.KEYSTORE_EXISTS, { details: { path } });
  }
  return wallet.address as Hex;
}

/** 0x and 64 hex digits, of a number that secp256k1 takes for a key. */
function isPrivateKey(text: string): text is Hex {
  if (!isHex(text) || text.length !== 66) return false;
  try {
    privateKeyToAccount(text);
    return true;
  } catch {
    return false;
  }
}
