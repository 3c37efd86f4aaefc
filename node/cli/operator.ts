import { join } from "node:path";
import type { Command } from "commander";
import { requireNoKeystore, writeKeystore } from "../core/chain/keystore.ts";
import type { CliContext } from "./context.ts";
import { askPassword, askPrivateKey } from "./prompt.ts";

/** Where an operator keystore lies unless --keystore says otherwise. */
export const defaultKeystore = (folder: string): string => join(folder, "operator.json");

export function addOperatorCommands(program: Command, context: CliContext): void {
  program
    .command("operator")
    .description(
      "Make or import the operator key that signs registrations and owns the stake (encrypted JSON, ethers' format).",
    )
    .argument("<action>", "create or import")
    .option("--keystore <file>", "where to write it; <data folder>/operator.json if not given")
    .option("--password-file <file>", "file with the password; else SHADOWMESH_OPERATOR_PASSWORD, else asked for")
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh operator create\n  $ shadowmesh operator import --password-file pw.txt < private-key.txt",
    )
    .action(async (action: string, options: { keystore?: string; passwordFile?: string }, command: Command) => {
      if (action !== "create" && action !== "import")
        command.error(`error: unknown action '${action}': create or import`);
      const path = options.keystore ?? defaultKeystore(context.folder());
      requireNoKeystore(path);
      const privateKey = action === "import" ? await askPrivateKey() : undefined;
      const password = await askPassword({ file: options.passwordFile, forNew: true });
      const address = await writeKeystore(path, password, privateKey);
      context.print(
        { address, keystore: path },
        `Operator  ${address}\nKeystore  ${path}\n\nSend SHM for stake and gas to this address, then: shadowmesh register --help`,
      );
    });
}
