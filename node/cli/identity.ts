import type { Command } from "commander";
import { writeChainConfig } from "../config.ts";
import { createIdentityFile, phraseToSeed } from "../core/identity/index.ts";
import { createWelcomeStore, unseen } from "../welcome/index.ts";
import type { CliContext } from "./context.ts";
import { askPhrase } from "./prompt.ts";

interface InitOptions {
  restore?: boolean;
  hideWords?: boolean;
  rpcUrl?: string;
  chainId?: number;
  nexus?: string;
}

export function addIdentityCommands(program: Command, context: CliContext): void {
  program
    .command("init")
    .description("Make this node's identity, or restore it from its 24 words; an existing one is never overwritten.")
    .option("--rpc-url <url>", "JSON-RPC endpoint of the chain, kept in config.yaml")
    .option("--chain-id <id>", "chain id, kept in config.yaml", Number)
    .option("--nexus <address>", "address of NodeNexus, kept in config.yaml")
    .option("--restore", "restore from 24 words, asked for or read from standard input")
    .option("--hide-words", "print no words, where output is kept in a log: the console shows them, once")
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh init\n  $ shadowmesh init --restore < words.txt\n  $ shadowmesh init --data /srv/node --rpc-url http://127.0.0.1:8545 --nexus 0x…",
    )
    .action(async ({ restore = false, hideWords = false, rpcUrl, chainId, nexus }: InitOptions) => {
      await writeChainConfig(context.folder(), { rpcUrl, chainId, nexusAddress: nexus });
      const seed = restore ? phraseToSeed(await askPhrase()) : undefined;
      const { identity, phrase } = await createIdentityFile(context.folder(), seed);
      const { peerId, nodeAddress } = identity;
      const printed = !restore && !hideWords;
      // Without a note the words count as shown.
      if (!printed) {
        const confirmedAtMs = restore ? Date.now() : null;
        const note = { ...unseen, phrase: { shown: restore, confirmedAtMs, skipped: false } };
        await createWelcomeStore(context.folder()).write(note);
      }
      const backup = restore
        ? "Restored from your 24 words."
        : printed
          ? `Write these 24 words down and keep them offline: who has them is this node, and they are not shown again.\n\n  ${phrase}`
          : "The console shows this node's 24 words once, on its Welcome page. Without them nobody can restore it.";
      context.print(
        { peerId, nodeAddress, folder: context.folder(), ...(printed ? { phrase } : {}) },
        `Peer ID  ${peerId}\nFolder   ${context.folder()}\n\n${backup}\n\nTerms: ${context.commandLine("terms")}\nNext: ${context.commandLine("register")} --help`,
      );
    });
}
