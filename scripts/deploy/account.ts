import { readFile } from "node:fs/promises";
import { type Account, type Address, createWalletClient, getAddress, http, isAddress } from "viem";
import { parseAccount } from "viem/accounts";
import { askPassword } from "../../node/cli/prompt.ts";
import { readKeystore } from "../../node/core/chain/index.ts";

export interface AccountOptions {
  /** An account that the RPC signs for: a hardware wallet's bridge, Clef, or a development chain. */
  from?: string;
  /** Encrypted JSON, as `shadowmesh operator create`, ethers and geth write it. */
  keystore?: string;
  passwordFile?: string;
}

/**
 * The account that sends. A dry run opens no keystore: its address stands there in clear.
 *
 * @throws Error that says how to name one; ShadowMeshError where a keystore does not open.
 */
export async function openAccount(options: AccountOptions, rpcUrl: string, dryRun: boolean): Promise<Account> {
  const { from, keystore, passwordFile } = options;
  if (from !== undefined && keystore !== undefined) throw new Error("Give --from or --keystore, not both.");
  if (from !== undefined) return remote(from);
  if (keystore === undefined) return remote(await firstAccount(rpcUrl));
  if (dryRun) return remote(await addressOf(keystore));
  const closed = await readKeystore(keystore);
  return closed.open(await askPassword({ file: passwordFile }));
}

function remote(address: string): Account {
  if (!isAddress(address)) throw new Error(`${address} is not an address`);
  return parseAccount(address);
}

/** A development chain's first account; an RPC of the open network has none. */
async function firstAccount(rpcUrl: string): Promise<Address> {
  const [first] = await createWalletClient({ transport: http(rpcUrl) })
    .getAddresses()
    .catch(() => []);
  if (first) return first;
  throw new Error("Say who sends: --keystore <file>, or --from <address> where the RPC signs for it.");
}

async function addressOf(keystore: string): Promise<Address> {
  const { address } = JSON.parse(await readFile(keystore, "utf8")) as { address?: string };
  if (typeof address !== "string") throw new Error(`${keystore} does not tell its address: give --from for a dry run`);
  return getAddress(`0x${address.replace(/^0x/, "")}`);
}
