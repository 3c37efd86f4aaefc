import { readFile } from "node:fs/promises";
import { type Hex, isHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { ShadowMeshError } from "../errors.ts";
import { writeFileAtomically } from "../store/index.ts";
import { chainErrors } from "./errors.ts";

export type OperatorAccount = PrivateKeyAccount;

/**
 * Opens an operator keystore: encrypted JSON (Web3 Secret Storage v3), as ethers, geth and MetaMask write it.
 *
 * @throws KEYSTORE_UNREADABLE
 */
export async function readKeystore(path: string, password: string): Promise<OperatorAccount> {
  try {
    const { Wallet } = await import("ethers");
    const { privateKey } = await Wallet.fromEncryptedJson(await readFile(path, "utf8"), password);
    return privateKeyToAccount(privateKey as Hex);
  } catch (cause) {
    // Without the cause: a wrong password must not be quoted in a log.
    throw new ShadowMeshError(chainErrors.KEYSTORE_UNREADABLE, { details: { path, reason: (cause as Error).name } });
  }
}

/**
 * Writes a new operator key, or the given one, as encrypted JSON in ethers' format; gives its address.
 *
 * @throws DISK_FULL, DATA_FOLDER_UNWRITABLE, KEYSTORE_UNREADABLE where the key is no secp256k1 key in hex
 */
export async function writeKeystore(path: string, password: string, privateKey?: string): Promise<Hex> {
  const { Wallet } = await import("ethers");
  if (privateKey !== undefined && !isPrivateKey(privateKey)) {
    throw new ShadowMeshError(chainErrors.PRIVATE_KEY_INVALID);
  }
  const wallet = privateKey === undefined ? Wallet.createRandom() : new Wallet(privateKey);
  await writeFileAtomically(path, await wallet.encrypt(password));
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
