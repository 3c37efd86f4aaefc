import { upgrades } from "@openzeppelin/hardhat-upgrades/viem";
import { type Address, decodeAbiParameters } from "viem";
import { relayPaymentsAbi } from "../../contracts/generated/relay-payments.ts";
import type { Deployment, Upgradeable } from "./deployment.ts";
import { type HardhatTarget, hardhatAt } from "./hardhat.ts";

/** What a proxy runs or will run. */
export interface Implementation {
  contract: Upgradeable;
  /** Its Solidity name. */
  name: string;
  address: Address;
  libraries: Readonly<Record<string, Address>>;
}

/** The storage layouts that a chain runs, and whether a next version fits them: OpenZeppelin's, kept in .openzeppelin/. */
export interface Layouts {
  /** Remembers the layout of what is on chain; these sources must be what it was made of. */
  remember(deployment: Deployment, implementation: Implementation): Promise<void>;
  /** @throws Error that names each field that the next version would overwrite. */
  validate(deployment: Deployment, next: Pick<Implementation, "contract" | "name">): Promise<void>;
}

export async function openLayouts(target: HardhatTarget): Promise<Layouts> {
  const hre = await hardhatAt(target);
  await hre.tasks.getTask("build").run({ quiet: true });
  const api = await upgrades(hre, await hre.network.create());
  const optionsFor = ({ libraries, constructorArguments }: Deployment, contract: Upgradeable) =>
    contract === "NodeNexus"
      ? { kind: "uups" as const, libraries }
      : { kind: "uups" as const, constructorArgs: relayPaymentsArguments(constructorArguments) };
  return {
    async remember(deployment, { contract, name, address, libraries }) {
      await api.forceImport(address, name, optionsFor({ ...deployment, libraries }, contract));
    },
    validate: (deployment, { contract, name }) =>
      api.validateUpgrade(
        contract === "NodeNexus" ? deployment.implementation : deployment.relayPaymentsImplementation,
        name,
        optionsFor(deployment, contract),
      ),
  };
}

function relayPaymentsArguments(encoded: Deployment["constructorArguments"]): unknown[] {
  const inputs = relayPaymentsAbi.flatMap((item) => (item.type === "constructor" ? [...item.inputs] : []));
  return [...decodeAbiParameters(inputs, encoded["RelayPayments implementation"] ?? "0x")];
}
