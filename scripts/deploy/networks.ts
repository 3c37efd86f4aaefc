import { polygon, polygonAmoy } from "viem/chains";

export interface DeployNetwork {
  chainId: number;
  rpcUrl: string;
  /** What its coin is called; on these chains it is what nodes stake and are paid in. */
  coin: string;
  /** Whether other people's money is there: then governance must be named, and every sending confirmed. */
  open: boolean;
  /** Folder of the deployment file. What is on a developer's machine alone stays out of the repository. */
  folder: string;
}

const onPolygon = ({ id, rpcUrls, nativeCurrency }: typeof polygon | typeof polygonAmoy): DeployNetwork => ({
  chainId: id,
  rpcUrl: rpcUrls.default.http[0],
  coin: nativeCurrency.symbol,
  open: true,
  folder: "contracts/deployments",
});

export const networks = {
  local: {
    chainId: 31337,
    rpcUrl: "http://127.0.0.1:8545",
    coin: "SHM",
    open: false,
    folder: ".shadowmesh/deployments",
  },
  amoy: onPolygon(polygonAmoy),
  polygon: onPolygon(polygon),
} satisfies Record<string, DeployNetwork>;

export type NetworkName = keyof typeof networks;
