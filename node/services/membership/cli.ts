import { type Command, InvalidArgumentError, Option } from "commander";
import { toWei } from "../../cli/arguments.ts";
import { type KeystoreOptions, withChain } from "../../cli/chain-session.ts";
import type { CliContext } from "../../cli/context.ts";
import { maxBandwidthMbps, registerNode, requireOpenRegion } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import type { NodeType } from "../../core/schema.ts";
import { membershipErrors } from "./errors.ts";

interface RegisterOptions extends KeystoreOptions {
  type: "private" | "public" | "backbone";
  region: string;
  bandwidth: number;
  stake?: bigint;
}

const nodeTypes = {
  private: "light_private",
  public: "light_public",
  backbone: "backbone_auth",
} as const satisfies Record<string, NodeType>;

export function addMembershipCommands(program: Command, context: CliContext): void {
  program
    .command("register")
    .description("Register this node on NodeNexus from an operator keystore, with its stake.")
    .addOption(
      new Option("--type <type>", "what the node does")
        .choices(["private", "public", "backbone"])
        .makeOptionMandatory(),
    )
    .requiredOption("--region <region>", "a region of the contract's list, such as europe", toRegion)
    .requiredOption("--bandwidth <mbit/s>", "bandwidth that it offers", toMbps)
    .option("--stake <SHM>", "stake; the contract's minimum for the type if not given", toWei)
    .option("--keystore <file>", "operator keystore; <data folder>/operator.json if not given")
    .option("--password-file <file>", "file with its password; else SHADOWMESH_OPERATOR_PASSWORD, else asked for")
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
        const next = context.commandLine(runs ? "status" : "up");
        context.print({ transaction, registration }, `✓ registered in ${transaction}\n\nNext: ${next}`);
      }),
    );
}

function toMbps(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > maxBandwidthMbps) {
    throw new InvalidArgumentError(`expected whole Mbit/s from 1 to ${maxBandwidthMbps}, such as 100`);
  }
  return value;
}

/** The contract keeps a region's name in 32 bytes. */
function toRegion(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes < 1 || bytes > 32) throw new InvalidArgumentError("expected a name of 1 to 32 bytes, such as europe");
  return text;
}
