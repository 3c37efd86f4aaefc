import type { Command } from "commander";
import { type Address, formatEther, type Hash, type Hex } from "viem";
import { toPeerId, toWei } from "../../cli/arguments.ts";
import { type ChainSession, type KeystoreOptions, withChain, withKeystore } from "../../cli/chain-session.ts";
import type { CliContext } from "../../cli/context.ts";
import { facts, table } from "../../cli/table.ts";
import { createPaymentTransactions } from "../../core/chain/index.ts";
import { batchVouchers } from "../../core/chain/voucher-batch.ts";
import { unregistered } from "../../core/vocabulary.ts";
import { type Earnings, type PaidChannels, paymentsRoutes, type RedeemableVoucher } from "./api.ts";

export function addPaymentsCommands(program: Command, context: CliContext): void {
  program
    .command("earnings")
    .description("What was relayed for whom, what that earned, and what redeeming would cost now.")
    .addHelpText("after", "\nExamples:\n  $ shadowmesh earnings\n  $ shadowmesh earnings --json | jq .total")
    .action(async () => {
      const { client } = await context.daemon();
      const earnings = await client.call(paymentsRoutes.earnings, {});
      context.print(earnings, earningsText(earnings));
    });

  withKeystore(
    program
      .command("redeem")
      .description("Hand clients' vouchers in: what they pay goes to the operator's commission and the node's stake.")
      .argument("[client]", "peer ID of one client", toPeerId)
      .option("--all", "of all clients"),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh redeem --all\n  $ shadowmesh redeem 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --password-file pw.txt",
    )
    .action(async (peer: string | undefined, options: KeystoreOptions & { all?: true }, command: Command) => {
      if ((peer === undefined) === (options.all === undefined)) command.error("error: name one client, or --all");
      await redeem(context, peer, options);
    });

  addChannelCommands(program, context);
}

async function redeem(context: CliContext, peer: string | undefined, options: KeystoreOptions): Promise<void> {
  const { client } = await context.daemon();
  const { peerId, vouchers } = await client.call(paymentsRoutes.vouchers, peer === undefined ? {} : { client: peer });
  const amount = vouchers.reduce((sum, { unredeemedWei }) => sum + BigInt(unredeemedWei), 0n);
  if (vouchers.length === 0) {
    context.print({ transactions: [], redeemedWei: "0" }, "There is nothing to redeem.");
    return;
  }
  await withChain(context, options, async ({ chain, operator }) => {
    const send = createPaymentTransactions(chain, await operator());
    const transactions: Hash[] = [];
    for (let start = 0; start < vouchers.length; start += batchVouchers) {
      const batch = vouchers.slice(start, start + batchVouchers);
      context.say(`› redeeming ${batch.length} of ${vouchers.length} vouchers`);
      transactions.push(await send.redeem(peerId, batch.map(toVoucher)));
    }
    const answer = { transactions, redeemedWei: `${amount}` };
    context.print(answer, `✓ redeemed ${formatEther(amount)} SHM in ${transactions.join(", ")}`);
  });
}

const toVoucher = ({ payer, number, cumulativeWei, r, vs }: RedeemableVoucher) => ({
  payer,
  number,
  cumulativeWei: BigInt(cumulativeWei),
  r,
  vs,
});

interface ChannelOptions extends KeystoreOptions {
  amount?: bigint;
}

/** What a command does on a channel, and what it tells. */
interface ChannelAction {
  readonly name: "open" | "fund" | "exit" | "close";
  readonly description: string;
  readonly takesAmount: boolean;
  readonly done: string;
  send(
    transactions: ReturnType<typeof createPaymentTransactions>,
    input: { relay: Hex; payer: Address; sessionKey: Address; amount: bigint },
  ): Promise<Hash>;
}

const channelActions: readonly ChannelAction[] = [
  {
    name: "open",
    description: "Open a channel to a relay: this node pays from it by itself.",
    takesAmount: true,
    done: "opened the channel",
    send: ({ open }, { relay, sessionKey, amount }) => open(relay, sessionKey, amount),
  },
  {
    name: "fund",
    description: "Add to the channel; an exit that was announced is taken back.",
    takesAmount: true,
    done: "added to the channel",
    send: ({ fund }, { relay, payer, amount }) => fund(payer, relay, amount),
  },
  {
    name: "exit",
    description: "Announce that the channel will be closed: the relay redeems what it was given.",
    takesAmount: false,
    done: "announced the exit; close the channel once the notice is over",
    send: ({ announceExit }, { relay }) => announceExit(relay),
  },
  {
    name: "close",
    description: "Close the channel after its notice, and get back what was not redeemed.",
    takesAmount: false,
    done: "closed the channel",
    send: ({ close }, { relay }) => close(relay),
  },
];

function addChannelCommands(program: Command, context: CliContext): void {
  const actions = channelActions.map(({ name, description }) => `  ${name.padEnd(5)}  ${description}`);
  withKeystore(
    program
      .command("channel")
      .description("Channels that pay relays for what they pass past their free allowance.")
      .argument("<action>", "open, fund, exit, close or list")
      .argument("[relay]", "peer ID of the relay; not for list", toPeerId)
      .option("--amount <SHM>", "for open and fund: how much, such as 0.5", toWei),
  )
    .addHelpText(
      "after",
      `\nActions:\n${actions.join("\n")}\n  list   The relays that this node uses, and the channels to them.\n\nExamples:\n  $ shadowmesh channel open 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --amount 1\n  $ shadowmesh channel exit 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0\n  $ shadowmesh channel list --json`,
    )
    .action(async (name: string, relay: Hex | undefined, options: ChannelOptions, command: Command) => {
      if (name === "list") return list(context);
      const action = channelActions.find((one) => one.name === name);
      if (action === undefined) command.error(`error: unknown action '${name}': open, fund, exit, close or list`);
      if (relay === undefined) command.error(`error: ${name} takes the peer ID of a relay`);
      if (action.takesAmount !== (options.amount !== undefined)) {
        command.error(`error: --amount is for open and fund, and they take it`);
      }
      await withChain(context, options, (session) => act(context, action, { relay, session, options }));
    });
}

async function list(context: CliContext): Promise<void> {
  const { client } = await context.daemon();
  const channels = await client.call(paymentsRoutes.channels, {});
  context.print(channels, channelsText(channels));
}

async function act(
  context: CliContext,
  action: ChannelAction,
  { relay, session, options }: { relay: Hex; session: ChainSession; options: ChannelOptions },
): Promise<void> {
  const { chain, identity, operator } = session;
  const account = await operator();
  const sessionKey = identity.sessionAccount.address;
  const input = { relay, payer: account.address, sessionKey, amount: options.amount ?? 0n };
  const transaction = await action.send(createPaymentTransactions(chain, account), input);
  // A daemon that does not run now learns of the channel by the relay's first bill.
  if (action.name === "open") {
    const daemon = await context.daemon().catch(() => null);
    await daemon?.client.call(paymentsRoutes.noteChannel, { relay });
  }
  context.print({ transaction, relay, payer: account.address }, `✓ ${action.done}, in ${transaction}`);
}

const shm = (wei: string) => formatEther(BigInt(wei));
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function earningsText({ pricePerGiBWei, freeBytesPerDay, clients, total, redeemFeeWei }: Earnings): string {
  const price = pricePerGiBWei === null ? "not known, so nothing is charged" : `${shm(pricePerGiBWei)} SHM`;
  const summary = facts([
    ["Price of a GiB", `${price}; ${mebibytes(freeBytesPerDay)} a day are free for each client`],
    ["Relayed", `${mebibytes(total.relayedBytes)} for ${clients.length} clients`],
    [
      "Redeemable",
      `${shm(total.redeemableWei)} SHM${redeemFeeWei === null ? "" : `, for ${shm(redeemFeeWei)} SHM of gas`}`,
    ],
  ]);
  const rows = [...clients, { ...total, client: "total" }].map((row) => [
    row.client === unregistered ? "unregistered" : row.client,
    mebibytes(row.relayedBytes),
    shm(row.chargedWei),
    shm(row.vouchedWei),
    shm(row.redeemedWei),
  ]);
  return `${summary}\n\n${table(["CLIENT", "RELAYED", "CHARGED", "VOUCHED", "REDEEMED"], rows)}`;
}

function channelsText({ payer, relays }: PaidChannels): string {
  const from = facts([["Paid from", payer ?? "nobody: this node has no operator yet"]]);
  if (relays.length === 0) return `${from}\n\nNo relay has passed anything for this node yet.`;
  const rows = relays.map(({ relay, relayedBytes, channel }) =>
    channel === null
      ? [relay, mebibytes(relayedBytes), "none"]
      : [
          relay,
          mebibytes(relayedBytes),
          channel.ours ? `${channel.number}` : `${channel.number}, of another node`,
          shm(channel.depositedWei),
          shm(channel.promisedWei),
          channel.closableAtMs === null ? "" : new Date(channel.closableAtMs).toISOString(),
        ],
  );
  return `${from}\n\n${table(["RELAY", "RELAYED", "CHANNEL", "DEPOSITED", "PROMISED", "CLOSABLE"], rows)}`;
}
