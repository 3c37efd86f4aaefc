import type { Wallet } from "@rainbow-me/rainbowkit";
import { type Address, createClient, getAddress, http } from "viem";
import { createConnector } from "wagmi";
import { mock } from "wagmi/connectors";
import { i18n } from "../../text/i18n.ts";
import { developmentIcon } from "./icons";

/** Of the accounts that a development chain keeps unlocked, the first ones deploy and run the local network. */
const accountIndex = 5;
const connectedKey = "shadowmesh.developmentWallet";

async function fundedAccount(rpcUrl: string): Promise<Address> {
  const client = createClient({ transport: http(rpcUrl) });
  const accounts = (await client.request({ method: "eth_accounts" })) as Address[];
  const account = accounts[accountIndex] ?? accounts[0];
  if (!account)
    throw new Error(i18n._("This chain keeps no unlocked account: connect MetaMask with the key that was printed."));
  return getAddress(account);
}

/**
 * A wallet for trying things out: the development chain itself signs with an account it keeps unlocked. It exists on
 * chain 31337 alone, and the page never holds a key.
 */
export function developmentWallet(rpcUrl: string): Wallet {
  return {
    id: "development",
    name: i18n._("Development wallet"),
    iconUrl: developmentIcon,
    iconBackground: "#7d5200",
    installed: true,
    createConnector: (details) =>
      createConnector((config) => {
        const accounts: Address[] = [];
        const base = mock({ accounts: accounts as unknown as [Address], features: { reconnect: true } })(config);
        return {
          ...base,
          ...details,
          id: "development",
          name: i18n._("Development wallet"),
          // The mock asks for accounts up front; here they are known once the chain has answered.
          connect: async (parameters) => {
            if (accounts.length === 0) accounts.push(await fundedAccount(rpcUrl));
            const connection = await base.connect(parameters);
            sessionStorage.setItem(connectedKey, "true");
            return { ...connection, accounts: [...accounts] } as never;
          },
          getAccounts: async () => accounts,
          isAuthorized: async () => sessionStorage.getItem(connectedKey) === "true",
          disconnect: async () => {
            sessionStorage.removeItem(connectedKey);
            await base.disconnect();
          },
        };
      }),
  };
}
