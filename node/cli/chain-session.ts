import type { Command } from "commander";
import { loadConfig } from "../config.ts";
import { type Chain, createChain, type OperatorAccount, readKeystore } from "../core/chain/index.ts";
import { type Identity, readIdentityFile } from "../core/identity/index.ts";
import { createLog } from "../core/log/index.ts";
import type { CliContext } from "./context.ts";
import { defaultKeystore } from "./operator.ts";
import { askPassword } from "./prompt.ts";

/** Options of every command that sends a transaction. */
export interface KeystoreOptions {
  keystore?: string;
  passwordFile?: string;
}

const keystoreHelp = [
  ["--keystore <file>", "operator keystore; <data folder>/operator.json if not given"],
  ["--password-file <file>", "file with its password; else SHADOWMESH_OPERATOR_PASSWORD, else asked for"],
] as const;

/** Gives a command those options. */
export const withKeystore = (command: Command) =>
  keystoreHelp.reduce((built, [flag, description]) => built.option(flag, description), command);

export interface ChainSession {
  readonly chain: Chain;
  readonly identity: Identity;
  /** Whether the node is configured to host nothing for others. */
  readonly viewOnly: boolean;
  /** Asks for the password and opens the keystore. */
  operator(): Promise<OperatorAccount>;
}

/**
 * Runs what a command does on the chain of its data folder, from an operator keystore.
 *
 * @throws IDENTITY_MISSING, KEYSTORE_MISSING, KEYSTORE_UNREADABLE, INPUT_MISSING, and what `use` throws
 */
export async function withChain<T>(
  context: CliContext,
  options: KeystoreOptions,
  use: (session: ChainSession) => Promise<T>,
): Promise<T> {
  const folder = context.folder();
  const config = await loadConfig(folder);
  const { identity } = await readIdentityFile(folder);
  const keystore = await readKeystore(options.keystore ?? defaultKeystore(folder));
  const chain = createChain(config.chain, { log: createLog({ level: "silent" }) });
  // Nothing stands open that Ctrl-C would have to close: it ends the process.
  await chain.start(new AbortController().signal);
  const operator = async () => {
    const password = await askPassword({ file: options.passwordFile });
    context.say("› opening the keystore");
    return keystore.open(password);
  };
  try {
    return await use({ chain, identity, viewOnly: config.hosting.viewOnly, operator });
  } finally {
    await chain.stop();
  }
}
