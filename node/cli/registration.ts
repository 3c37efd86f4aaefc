import { type Command, Option } from "commander";
import { formatEther, type Hash } from "viem";
import { createRegistrationTransactions, requireOpenRegion, toChainError } from "../core/chain/index.ts";
import { ShadowMeshError } from "../core/errors.ts";
import type { Registration } from "../core/schema.ts";
import { membershipErrors } from "../services/membership/errors.ts";
import { nodeTypes, type TypeOption, toBps, toMbps, toRegion, toWei, typeOptions } from "./arguments.ts";
import { type ChainSession, type KeystoreOptions, withChain, withKeystore } from "./chain-session.ts";
import type { CliContext } from "./context.ts";

interface RegistrationOptions extends KeystoreOptions {
  type?: TypeOption;
  region?: string;
  bandwidth?: number;
  amount?: bigint;
  percent?: number;
  url?: string;
}

interface Outcome {
  transaction: Hash;
  /** What there is to say of it; amounts in wei, times in milliseconds. */
  facts?: Record<string, string | number>;
  text: string;
}

interface Situation {
  readonly session: ChainSession;
  readonly registration: Registration;
  readonly options: RegistrationOptions;
  readonly context: CliContext;
  readonly send: ReturnType<typeof createRegistrationTransactions>;
}

/** What a command does with a registered node, and what it needs for that. */
interface RegistrationAction {
  readonly name: string;
  readonly description: string;
  /** Those that it takes: all of them, but for those of `update`, of which it takes any. */
  readonly options: readonly (keyof RegistrationOptions)[];
  act(situation: Situation): Promise<Outcome>;
}

const offerOptions = ["type", "region", "bandwidth"] as const;

const actions: readonly RegistrationAction[] = [
  {
    name: "update",
    description: "Change type, region or bandwidth; what a new type needs is added to the stake.",
    options: offerOptions,
    act: update,
  },
  {
    name: "top-up",
    description: "Add --amount to the node's stake.",
    options: ["amount"],
    async act({ send, options: { amount = 0n } }) {
      const transaction = await send.topUp(amount);
      return { transaction, facts: { addedWei: `${amount}` }, text: `added ${formatEther(amount)} SHM to the stake` };
    },
  },
  {
    name: "endpoint",
    description: "Write on chain where a backbone's API is, --url; nodes that know nothing else begin there.",
    options: ["url"],
    async act({ send, options: { url = "" } }) {
      return { transaction: await send.setEndpoint(url), text: url === "" ? "removed the endpoint" : `wrote ${url}` };
    },
  },
  {
    name: "commission",
    description: "Keep --percent of what the node earns; where others stake on it, a higher one is announced first.",
    options: ["percent"],
    act: setCommission,
  },
  {
    name: "begin-commission",
    description: "Begin the commission announced, once its time has come.",
    options: [],
    async act({ send, session: { chain, identity } }) {
      const { bps, next } = await chain.nexus.commissionOf(identity.peerId);
      const transaction = await send.beginCommission();
      const commissionPercent = (next?.bps ?? bps) / 100;
      return { transaction, facts: { commissionPercent }, text: `the commission is ${commissionPercent} %` };
    },
  },
  {
    name: "claim",
    description: "Pay the commission that was earned out to whom the operator has it paid to.",
    options: [],
    async act({ send, session: { chain, identity } }) {
      const { claimableWei } = await chain.nexus.commissionOf(identity.peerId);
      const transaction = await send.claim();
      const text = `claimed ${formatEther(claimableWei)} SHM of commission`;
      return { transaction, facts: { claimedWei: `${claimableWei}` }, text };
    },
  },
  {
    name: "leave",
    description: "Deregister the node: others stop finding it at once, its stake unbonds.",
    options: [],
    act: leave,
  },
  {
    name: "withdraw",
    description: "Pay the stake of a node that left out to its operator, once it has unbonded.",
    options: [],
    async act({ send, session: { chain, identity } }) {
      const { amountWei } = await chain.nexus.unbondingOf(identity.peerId);
      const transaction = await send.withdraw();
      return { transaction, facts: { withdrawnWei: `${amountWei}` }, text: `withdrew ${formatEther(amountWei)} SHM` };
    },
  },
];

async function update({ context, session, registration, options, send }: Situation): Promise<Outcome> {
  const { chain, viewOnly } = session;
  const nodeType = options.type === undefined ? registration.nodeType : nodeTypes[options.type];
  const { region = registration.region, bandwidth: bandwidthMbps = registration.bandwidthMbps } = options;
  if (viewOnly && nodeType !== "light_private") throw new ShadowMeshError(membershipErrors.VIEW_ONLY);
  if (region !== registration.region) await requireOpenRegion(chain, region);
  const lackingWei = (await chain.nexus.minimumStakeWei(nodeType)) - BigInt(registration.stakeWei);
  const addedWei = nodeType !== registration.nodeType && lackingWei > 0n ? lackingWei : 0n;
  if (addedWei > 0n) context.say(`› adding ${formatEther(addedWei)} SHM, which its new type takes`);
  const transaction = await send.update({ nodeType, region, bandwidthMbps }, addedWei);
  const text = `${nodeType} in ${region}, ${bandwidthMbps} Mbit/s`;
  return { transaction, facts: { nodeType, region, bandwidthMbps, addedWei: `${addedWei}` }, text };
}

async function setCommission({ context, session, options, send }: Situation): Promise<Outcome> {
  const { chain, identity } = session;
  const wanted = options.percent ?? 0;
  const transaction = await send.setCommission(wanted);
  // It is on chain, whether or not the chain answers once more.
  const { next } = (await chain.nexus.commissionOf(identity.peerId).catch(() => null)) ?? {};
  if (next === undefined) return { transaction, text: `a commission of ${wanted / 100} % is on chain` };
  if (next?.bps !== wanted) {
    return { transaction, facts: { commissionPercent: wanted / 100 }, text: `the commission is ${wanted / 100} %` };
  }
  const begin = context.commandLine("registration begin-commission");
  const text = `announced ${wanted / 100} %: from ${new Date(next.atMs).toISOString()} on it begins by \`${begin}\``;
  return { transaction, facts: { announcedPercent: wanted / 100, beginsAtMs: next.atMs }, text };
}

async function leave({ context, session, send }: Situation): Promise<Outcome> {
  const transaction = await send.deregister();
  // As above.
  const unbonding = await session.chain.nexus.unbondingOf(session.identity.peerId).catch(() => null);
  if (unbonding === null) return { transaction, text: "left: its stake can be withdrawn once it has unbonded" };
  const { amountWei, availableAtMs } = unbonding;
  const from = new Date(availableAtMs).toISOString();
  const withdraw = context.commandLine("registration withdraw");
  const text = `left: ${formatEther(amountWei)} SHM can be withdrawn from ${from} on, by \`${withdraw}\``;
  return { transaction, facts: { unbondingWei: `${amountWei}`, availableAtMs }, text };
}

export function addRegistrationCommands(program: Command, context: CliContext): void {
  const names = actions.map(({ name }) => name);
  const told = actions.map(({ name, description }) => `  ${name.padEnd(16)}  ${description}`);
  withKeystore(
    program
      .command("registration")
      .description(
        "Change what this node is on NodeNexus, from an operator keystore: offer, stake, commission, the end.",
      )
      .argument("<action>", `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`)
      .addOption(new Option("--type <type>", "for update: what the node does").choices(typeOptions))
      .option("--region <region>", "for update: a region of the contract's list, such as europe", toRegion)
      .option("--bandwidth <mbit/s>", "for update: bandwidth that it offers", toMbps)
      .option("--amount <SHM>", "for top-up: how much, such as 50", toWei)
      .option("--percent <percent>", "for commission: 0 to 100, such as 12.5", toBps)
      .option("--url <url>", 'for endpoint: base URL, such as https://backbone.example; "" removes it'),
  )
    .addHelpText(
      "after",
      `\nActions:\n${told.join("\n")}\n\nExamples:\n  $ shadowmesh registration update --bandwidth 500\n  $ shadowmesh registration commission --percent 10\n  $ shadowmesh registration leave --password-file pw.txt --json`,
    )
    .action(async (name: string, options: RegistrationOptions, command: Command) => {
      const action = actions.find((one) => one.name === name);
      if (action === undefined) command.error(`error: unknown action '${name}': ${names.join(", ")}`);
      requireOptions(command, action, options);
      await withChain(context, options, (session) => perform(action, { context, session, options }));
    });
}

function requireOptions(command: Command, { name, options: taken }: RegistrationAction, options: object): void {
  const own = [...offerOptions, "amount", "percent", "url"] as const;
  const given = own.filter((option) => option in options);
  const stray = given.find((option) => !taken.includes(option));
  if (stray !== undefined) command.error(`error: ${name} does not take --${stray}`);
  if (taken.length === 0 || given.length > 0) return;
  command.error(`error: ${name} takes ${taken.map((option) => `--${option}`).join(", or ")}`);
}

async function perform(
  { name, act }: RegistrationAction,
  { context, session, options }: Omit<Situation, "registration" | "send">,
): Promise<void> {
  const { chain, identity } = session;
  chain.requireConnected();
  try {
    // Before anybody is asked for a password.
    const registration = await chain.nexus.registrationOf(identity.peerId);
    if (registration === null) throw new ShadowMeshError(membershipErrors.NODE_NOT_REGISTERED);
    const send = createRegistrationTransactions(chain, await session.operator(), identity.peerId);
    const { transaction, facts, text } = await act({ context, session, registration, options, send });
    context.print({ action: name, transaction, ...facts }, `✓ ${text}\n  in ${transaction}`);
  } catch (cause) {
    throw toChainError(cause);
  }
}
