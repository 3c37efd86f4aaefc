import { pino } from "pino";
import { type Chain, createChain } from "../../node/core/chain/index.ts";
import type { DaemonLaunch, Network } from "../../scripts/network/index.ts";

/** A relay that takes money from the first byte, and leaves the vouchers to the test. */
export const charging: DaemonLaunch = {
  env: {
    SHADOWMESH_PAYMENTS_FREE_BYTES_PER_DAY: "0",
    SHADOWMESH_PAYMENTS_AUTO_REDEEM_MAX_FEE_PERCENT: "null",
  },
};

/** The chain, for what an owner does on it without a daemon. */
export async function withChain<T>(network: Network, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { chain: devChain, nexusAddress, relayPaymentsAddress } = network;
  const config = { rpcUrl: devChain.rpcUrl, chainId: 31337, nexusAddress, relayPaymentsAddress, pollIntervalMs: 500 };
  const chain = createChain(config, { log: pino({ level: "silent" }) });
  await chain.start(AbortSignal.timeout(60_000));
  try {
    return await work(chain);
  } finally {
    await chain.stop();
  }
}
