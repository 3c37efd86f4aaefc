import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, stringToHex } from "viem";
import { auditAnchorsAbi, auditAnchorsBytecode } from "../../contracts/generated/audit-anchors.ts";
import { nexusTimelockAbi, nexusTimelockBytecode } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  erc1967ProxyBytecode,
  nodeNexusBytecode,
  nodeNexusLibraries,
} from "../../contracts/generated/node-nexus-bytecode.ts";
import { relayPaymentsAbi, relayPaymentsBytecode } from "../../contracts/generated/relay-payments.ts";
import { reputationAbi, reputationBytecode } from "../../contracts/generated/reputation.ts";
import { slashingAbi, slashingBytecode } from "../../contracts/generated/slashing.ts";
import { createPlanner, describeCall, type Planner, type Step } from "../transactions/index.ts";
import type { Deployment } from "./deployment.ts";
import { type DeployParameters, initializeArguments, surroundingsArguments } from "./parameters.ts";

/** A contract that is linked: `libraries` says what stands in the bytecode in place of each one's address. */
export interface Linkable {
  bytecode: Hex;
  libraries: Readonly<Record<string, { placeholder: string; bytecode: Hex }>>;
}

export const nodeNexusCode: Linkable = { bytecode: nodeNexusBytecode, libraries: nodeNexusLibraries };
export const relayPaymentsCode: Linkable = { bytecode: relayPaymentsBytecode, libraries: {} };

const hashOf = (...parts: readonly string[]): Hex => keccak256(stringToHex(parts.join()));
export const codeHashOf = ({ bytecode, libraries }: Linkable): Hex => hashOf(bytecode, JSON.stringify(libraries));

/** Of the committed bytecode. */
export const codeHashes: Readonly<Record<string, Hex>> = {
  NodeNexus: codeHashOf(nodeNexusCode),
  RelayPayments: codeHashOf(relayPaymentsCode),
  AuditAnchors: hashOf(auditAnchorsBytecode),
  Reputation: hashOf(reputationBytecode),
  Slashing: hashOf(slashingBytecode),
};

const proxyConstructor = [
  {
    type: "constructor",
    inputs: [
      { name: "implementation", type: "address" },
      { name: "initialize", type: "bytes" },
    ],
    stateMutability: "payable",
  },
] as const;

/** Creates the libraries and, linked with them, the implementation. */
export function planImplementation(planner: Planner, name: string, { bytecode, libraries }: Linkable) {
  const addresses: Record<string, Address> = {};
  let linked: string = bytecode;
  for (const [library, { placeholder, bytecode: creation }] of Object.entries(libraries)) {
    const address = planner.create(library, `library ${library}`, { abi: [], bytecode: creation });
    addresses[library] = address;
    linked = linked.replaceAll(placeholder, address.slice(2).toLowerCase());
  }
  const implementation = planner.create(`${name} implementation`, `${name}, the implementation`, {
    abi: [],
    bytecode: linked as Hex,
  });
  return { implementation, libraries: addresses };
}

export function planRelayPaymentsImplementation(planner: Planner, code: Linkable, encodedArguments: Hex) {
  const bytecode: Hex = `${code.bytecode}${encodedArguments.slice(2)}`;
  return planner.create("RelayPayments implementation", "RelayPayments, the implementation", { abi: [], bytecode });
}

/** All transactions of a deployment, and what will be there once they are done. */
export function planDeployment(options: {
  chainId: number;
  deployer: Address;
  firstNonce: number;
  blockNumber: number;
  parameters: DeployParameters;
}): { steps: readonly Step[]; deployment: Deployment } {
  const { chainId, deployer, firstNonce, blockNumber, parameters } = options;
  const planner = createPlanner(deployer, firstNonce);
  const { implementation, libraries } = planImplementation(planner, "NodeNexus", nodeNexusCode);

  // The contracts that NodeNexus is told of when it is set up, and that must know its address.
  const nexus = planner.addressAfter(parameters.timelock ? 3 : 2);
  const { epochLengthS, challengeWindowS, penaltyBps, reporterBps, exitNoticeS } = surroundingsArguments(parameters);
  const reputation = planner.create("Reputation", "Reputation", {
    abi: reputationAbi,
    bytecode: reputationBytecode,
    args: [nexus, epochLengthS],
  });
  const slashing = planner.create("Slashing", "Slashing", {
    abi: slashingAbi,
    bytecode: slashingBytecode,
    args: [nexus, challengeWindowS, penaltyBps, reporterBps],
  });
  const timelock = parameters.timelock && planTimelock(planner, nexus, parameters.timelock);

  const initial = initializeArguments(deployer, {
    ...parameters,
    scorer: reputation,
    slasher: slashing,
    ...(timelock && { owner: timelock }),
  });
  const nodeNexus = planProxy(planner, "NodeNexus", implementation, nodeNexusAbi, initial);
  const relayPaymentsImplementation = planner.create(
    "RelayPayments implementation",
    "RelayPayments, the implementation",
    { abi: relayPaymentsAbi, bytecode: relayPaymentsBytecode, args: [nodeNexus, exitNoticeS] },
  );
  const relayPayments = planProxy(
    planner,
    "RelayPayments",
    relayPaymentsImplementation,
    relayPaymentsAbi,
    initial.owner,
  );
  const auditAnchors = planner.create("AuditAnchors", "AuditAnchors", {
    abi: auditAnchorsAbi,
    bytecode: auditAnchorsBytecode,
    args: [nodeNexus],
  });
  return {
    steps: planner.steps,
    deployment: {
      chainId,
      nodeNexus,
      implementation,
      libraries,
      reputation,
      slashing,
      relayPayments,
      relayPaymentsImplementation,
      auditAnchors,
      ...(timelock && { timelock }),
      blockNumber,
      codeHashes: { ...codeHashes },
      constructorArguments: { ...planner.constructorArguments },
    },
  };
}

function planProxy(planner: Planner, name: string, implementation: Address, abi: Abi, initial: unknown): Address {
  const call = { abi, functionName: "initialize", args: [initial] };
  const creation = {
    abi: proxyConstructor,
    bytecode: erc1967ProxyBytecode,
    args: [implementation, encodeFunctionData(call)],
  } as const;
  return planner.create(name, `${name}, the proxy, set up`, creation, describeCall(abi, call.functionName, call.args));
}

function planTimelock(planner: Planner, nexus: Address, parameters: NonNullable<DeployParameters["timelock"]>) {
  const { proposers, executors, minDelayS = 0n } = parameters;
  return planner.create("NexusTimelock", "NexusTimelock, the owner", {
    abi: nexusTimelockAbi,
    bytecode: nexusTimelockBytecode,
    args: [nexus, minDelayS, proposers, executors],
  });
}
