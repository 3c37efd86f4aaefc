import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, encodePacked, type Hex } from "viem";
import { stringify } from "yaml";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { connectDaemon } from "../../../../node/api-key.ts";
import { loadConfig } from "../../../../node/config.ts";
import { regionToBytes } from "../../../../node/core/chain/index.ts";
import { createIdentityFile } from "../../../../node/core/identity/index.ts";
import { startDaemon } from "../../../../node/daemon.ts";
import { type NotificationList, notificationsRoutes } from "../../../../node/services/notifications/api.ts";
import { connect } from "../../../../scripts/transactions/index.ts";
import { account, type TestChain, transact } from "../../../harness/anvil.ts";
import { seedOf } from "../../../harness/identities.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

/** A daemon with an identity of its own that looks for causes all the time. */
export async function prepareNode(
  folder: string,
  n: number,
  chain: { rpcUrl: string; nexusAddress: Address; relayPaymentsAddress?: Address },
  notifications: object = {},
): Promise<void> {
  await createIdentityFile(folder, seedOf(n));
  const config = {
    chain: { ...chain, pollIntervalMs: 100 },
    overlay: { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: 0 },
    api: { port: 0 },
    notifications: { checkIntervalMs: 100, ...notifications },
  };
  await writeFile(join(folder, "config.yaml"), stringify(config));
}

export async function startNode(folder: string) {
  const config = await loadConfig(folder);
  const deps = { folder, log: silent, requestStop: () => undefined };
  const daemon = await startDaemon(config, deps, AbortSignal.timeout(60_000));
  const { client } = await connectDaemon(folder);
  const list = () => client.call(notificationsRoutes.notifications, {});
  return {
    client,
    list,
    /** The newest notification of a kind, once there is one. */
    told: async (kind: string, isWanted: (one: Told) => unknown = () => true) => {
      const { notifications } = await until(list, (now) =>
        now.notifications.some((one) => one.kind === kind && isWanted(one)),
      );
      return notifications.find((one) => one.kind === kind && isWanted(one)) as Told;
    },
    stop: () => daemon.stop(),
  };
}
export type Told = NotificationList["notifications"][number];

/** Sets a node's score as the contract named for it does; governance's account is that contract. */
export async function setScore(anvil: TestChain, nexusAddress: Address, peerId: Hex, score: number): Promise<void> {
  const { publicClient } = await connect(anvil.rpcUrl, account(0));
  const nexus = { address: nexusAddress, abi: nodeNexusAbi } as const;
  const [{ pool }, { nodeType }] = await Promise.all([
    publicClient.readContract({ ...nexus, functionName: "poolOf", args: [peerId] }),
    publicClient.readContract({ ...nexus, functionName: "nodes", args: [peerId] }),
  ]);
  const changes = encodePacked(["uint32", "uint8"], [pool, score]);
  await transact(anvil, 0, {
    ...nexus,
    functionName: "applyScores",
    args: [regionToBytes("europe"), nodeType, changes],
  });
}
