import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import config from "../../hardhat.config.ts";
import { root } from "../root.ts";

export interface HardhatTarget {
  /** Of the network, in Hardhat's messages. */
  name: string;
  chainId: number;
  rpcUrl: string;
  /** @default Sourcify's own */
  sourcifyUrl?: string;
}

/** Hardhat on a chain that it only reads; the project's own configuration but for the network. */
export function hardhatAt({ name, chainId, rpcUrl, sourcifyUrl }: HardhatTarget): Promise<HardhatRuntimeEnvironment> {
  const { ETHERSCAN_API_KEY: apiKey } = process.env;
  const networks = { ...config.networks, [name]: { type: "http" as const, url: rpcUrl, chainId } };
  const verify = {
    sourcify: { enabled: true, apiUrl: sourcifyUrl },
    etherscan: apiKey ? { apiKey } : { enabled: false as const },
  };
  return createHardhatRuntimeEnvironment({ ...config, networks, verify }, { network: name }, root);
}
