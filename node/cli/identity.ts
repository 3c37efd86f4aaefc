import type { Command } from "commander";
import { createIdentityFile, phraseToSeed } from "../core/identity/index.ts";
import type { CliContext } from "./context.ts";
import { askPhrase } from "./prompt.ts";

export function addIdentityCommands(program: Command, context: CliContext): void {
  program
    .command("init")
    .description("Make this node's identity, or restore it from its 24 words; an existing one is never overwritten.")
    .option("--restore", "restore from 24 words, asked for or read from standard input")
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh init\n  $ shadowmesh init --restore < words.txt\n  $ shadowmesh init --data /srv/node",
    )
    .action(async ({ restore }: { restore?: boolean }) => {
      const seed = restore ? phraseToSeed(await askPhrase()) : undefined;
      const { identity, phrase } = await createIdentityFile(context.folder(), seed);
      const { peerId, nodeAddress } = identity;
      const backup = restore
        ? "Restored from your 24 words."
        : `Write these 24 words down and keep them offline: who has them is this node, and they are not shown again.\n\n  ${phrase}`;
      context.print(
        { peerId, nodeAddress, folder: context.folder(), ...(restore ? {} : { phrase }) },
        `Peer ID  ${peerId}\nFolder   ${context.folder()}\n\n${backup}\n\nNext: shadowmesh register --help`,
      );
    });
}
