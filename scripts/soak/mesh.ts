import { pino } from "pino";
import { parseEther } from "viem";
import { createChain, createPaymentTransactions } from "../../node/core/chain/index.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { paymentsRoutes } from "../../node/services/payments/api.ts";
import { inParallel } from "../network/in-parallel.ts";
import { type Member, type Network, type RunningNode, startNetwork } from "../network/index.ts";

/** Small enough to run beside other work, with each kind of node twice. */
const members: readonly Member[] = (
  [
    ["backbone-1", "backbone_auth", "europe"],
    ["backbone-2", "backbone_auth", "asia_pacific"],
    ["public-1", "light_public", "europe"],
    ["public-2", "light_public", "asia_pacific"],
    ["public-3", "light_public", "europe"],
    ["private-1", "light_private", "europe"],
    ["private-2", "light_private", "asia_pacific"],
    ["private-3", "light_private", "europe"],
  ] as const
).map(([name, type, region], index) => ({
  name,
  type,
  region,
  bandwidthMbps: 200,
  operator: index + 1,
  dialable: type !== "light_private",
}));

/** Past these, relaying costs: vouchers are written all the time. */
const freeBytesPerDay = 16 * 2 ** 20;
const deposit = parseEther("500");

/** One of each kind crashes again and again; the others run through, and their memory is what is judged. */
export const mortal: readonly string[] = ["private-3", "public-3", "private-3", "public-3", "backbone-2"];

/** Boots the mesh of a soak, whose private nodes can pay every relay. */
export async function startSoakMesh(folder: string, onStep: (step: string) => void): Promise<Network> {
  const network = await startNetwork({
    folder,
    members,
    anyPorts: true,
    pollIntervalMs: 2_000,
    // Few, so that the oldest evidence is dropped while it runs.
    backbone: { evidenceEpochs: 12 },
    launch: {
      nodeArgs: ["--import", new URL("probe.mjs", import.meta.url).href],
      env: { SHADOWMESH_PAYMENTS_FREE_BYTES_PER_DAY: String(freeBytesPerDay) },
    },
    onStep,
  });
  onStep("opening a channel from each private node to each relay");
  try {
    await openChannels(network);
    return network;
  } catch (error) {
    await network.stop();
    throw error;
  }
}

async function openChannels(network: Network): Promise<void> {
  const { chain: devChain, nexusAddress, relayPaymentsAddress } = network;
  const config = { rpcUrl: devChain.rpcUrl, chainId: 31337, nexusAddress, relayPaymentsAddress, pollIntervalMs: 500 };
  const chain = createChain(config, { log: pino({ level: "silent" }) });
  await chain.start(AbortSignal.timeout(10_000));
  const relays = nodesOf(network, "light_public");
  try {
    // Every operator its own account, each with one transaction at a time.
    await inParallel(8, membersOf(network, "light_private", "light_public"), async ({ name, operator }) => {
      const node = network.node(name);
      const { sessionAccount } = (await readIdentityFile(node.folder)).identity;
      const transactions = createPaymentTransactions(chain, devChain.account(operator));
      for (const relay of relays.filter(({ peerId }) => peerId !== node.peerId)) {
        await transactions.open(relay.peerId, sessionAccount.address, deposit);
        await node.client.call(paymentsRoutes.noteChannel, { relay: relay.peerId });
      }
    });
  } finally {
    await chain.stop();
  }
}

export const membersOf = (network: Network, ...types: Member["type"][]): Member[] =>
  network.members.filter(({ type }) => types.includes(type));

const nodesOf = (network: Network, ...types: Member["type"][]): RunningNode[] =>
  membersOf(network, ...types).map(({ name }) => network.node(name));
