import { type Command, Option } from "commander";
import { nodeTypes, type TypeOption, toMbps, toRegion, toWei, typeOptions } from "../../cli/arguments.ts";
import { type KeystoreOptions, withChain, withKeystore } from "../../cli/chain-session.ts";
import type { CliContext } from "../../cli/context.ts";
import { registerNode, requireOpenRegion } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { membershipErrors } from "./errors.ts";

interface RegisterOptions extends KeystoreOptions {
  type: TypeOption;
  region: string;
  bandwidth: number;
  stake?: bigint;
}

export function addMembershipCommands(program: Command, context: CliContext): void {
  withKeystore(
    program
      .command("register")
      .description("Register this node on NodeNexus from an operator keystore, with its stake.")
      .addOption(new Option("--type <type>", "what the node does").choices(typeOptions).makeOptionMandatory())
      .requiredOption("--region <region>", "a region of the contract's list, such as europe", toRegion)
      .requiredOption("--bandwidth <mbit/s>", "bandwidth that it offers", toMbps)
      .option("--stake <SHM>", "stake; the contract's minimum for the type if not given", toWei),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh register --type public --region europe --bandwidth 100\n  $ shadowmesh register --type private --region oceania --bandwidth 20 --password-file pw.txt --json",
    )
    .action((options: RegisterOptions) =>
      withChain(context, options, async ({ chain, identity, viewOnly, operator: openOperator }) => {
        if (viewOnly && options.type !== "private") throw new ShadowMeshError(membershipErrors.VIEW_ONLY);
        await requireOpenRegion(chain, options.region);
        const operator = await openOperator();
        context.say(`› registering ${identity.peerId} for ${operator.address}`);
        const transaction = await registerNode(chain, identity, operator, {
          nodeType: nodeTypes[options.type],
          region: options.region,
          bandwidthMbps: options.bandwidth,
          stakeWei: options.stake,
        });
        // It is registered, whether or not the chain answers once more.
        const registration = await chain.nexus.registrationOf(identity.peerId).catch(() => null);
        const runs = await context.daemon().then(
          () => true,
          () => false,
        );
        const alone = runs ? "status" : "up";
        const next = context.commandLine(options.type === "backbone" ? "registration endpoint --url <its URL>" : alone);
        context.print({ transaction, registration }, `✓ registered in ${transaction}\n\nNext: ${next}`);
      }),
    );
}
