import { isAddressEqual } from "viem";
import { implementationOf, ownerOf } from "../deploy/check.ts";
import { deploymentFile } from "../deploy/deploy.ts";
import { type Deployment, readDeployment, type Upgradeable } from "../deploy/deployment.ts";
import { openLayouts } from "../deploy/layout.ts";
import {
  codeHashOf,
  type Linkable,
  nodeNexusCode,
  planImplementation,
  planRelayPaymentsImplementation,
  relayPaymentsCode,
} from "../deploy/plan.ts";
import {
  type Call,
  createPlanner,
  type DeployClients,
  openRun,
  type Planner,
  type RunOptions,
  writeJson,
} from "../transactions/index.ts";
import { printCall } from "../transactions/report.ts";
import { mayPropose, operationOf, proxyOf, upgradeCall, upgraded } from "./timelock.ts";

/** The next version of a contract. */
interface NextVersion {
  /** Its Solidity name, for the validation of its storage layout. */
  name: string;
  code: Linkable;
}

/** What these sources are. */
const sources: Readonly<Record<Upgradeable, NextVersion>> = {
  NodeNexus: { name: "NodeNexus", code: nodeNexusCode },
  RelayPayments: { name: "RelayPayments", code: relayPaymentsCode },
};

export type UpgradeOptions = RunOptions & {
  contract: Upgradeable;
  /** @default what these sources are */
  next?: NextVersion;
};

/**
 * Deploys the next implementation, once its storage layout was found to fit, and has the owner take it: schedules the
 * call in the timelock where the account may propose, prints it for those who may where it may not, and makes it at once
 * where the account itself is the owner.
 *
 * @throws Error if the layout does not fit, before anything is sent.
 */
export async function upgrade(options: UpgradeOptions): Promise<void> {
  const { clients, target, print, contract, next = sources[options.contract] } = options;
  const file = deploymentFile(options);
  const deployment = await requireDeployment(clients, file, contract);
  const codeHash = codeHashOf(next.code);
  if (deployment.codeHashes[contract] === codeHash) throw new Error(`${contract} on chain is what these sources are`);
  const layouts = await openLayouts({ ...target, chainId: deployment.chainId });
  await layouts.validate(deployment, { contract, name: next.name });
  print(`The storage layout of ${next.name} fits what ${contract} holds.`);

  const run = await openRun(options, `upgrade-${contract}`);
  const planner = createPlanner(run.beginning.deployer, run.beginning.firstNonce);
  const made = planNext(planner, deployment, contract, next.code);
  const call = upgradeCall(proxyOf(deployment, contract), made.implementation);
  const { who, what } = await decide(clients, deployment, call);
  if (who !== "others") planner.call(who === "owner" ? "the upgrade" : "the upgrade, scheduled in the timelock", what);
  const rehearsal = await run.send(`Upgrade of ${contract}`, planner.steps);
  if (who === "others") printCall(print, "For those who govern to send, once the implementation is there:", what);
  if (!rehearsal) return;

  const version = { contract, ...made, codeHash };
  const { implementation: address, libraries } = made;
  await layouts.remember(deployment, { contract, name: next.name, address, libraries });
  await writeJson(file, who === "owner" ? upgraded(deployment, version) : { ...deployment, scheduled: version });
  await run.end();
  if (who === "owner") print(`${contract} runs ${made.implementation}; ${file} says so.`);
  else print(`${file} remembers it. Once the timelock lets it through: the same command with --execute.`);
}

/** Carries out the upgrade that waits, or records it where somebody else has. */
export async function executeUpgrade(options: RunOptions): Promise<void> {
  const { clients, print } = options;
  const file = deploymentFile(options);
  const deployment = await readDeployment(file);
  const version = deployment?.scheduled;
  if (!deployment || !version) throw new Error(`${file} knows of no upgrade that waits`);
  const call = upgradeCall(proxyOf(deployment, version.contract), version.implementation);
  const isThere = async () => isAddressEqual(await implementationOf(clients, call.to), version.implementation);

  const run = await openRun(options, `execute-${version.contract}`);
  if (!(await isThere())) {
    const what = await nextCall(clients, deployment, call);
    const planner = createPlanner(run.beginning.deployer, run.beginning.firstNonce);
    planner.call(`${version.contract} runs ${version.implementation}`, what);
    if (!(await run.send(`Upgrade of ${version.contract}, carried out`, planner.steps))) return;
    if (!(await isThere())) throw new Error(`the proxy at ${call.to} does not run ${version.implementation}`);
  }
  await writeJson(file, upgraded(deployment, version));
  await run.end();
  print(`${version.contract} runs ${version.implementation}; ${file} says so.`);
}

async function requireDeployment(clients: DeployClients, file: string, contract: Upgradeable): Promise<Deployment> {
  const deployment = await readDeployment(file);
  if (!deployment) throw new Error(`${file} is not there: nothing that could be upgraded is known`);
  if (deployment.scheduled) {
    throw new Error(`an upgrade of ${deployment.scheduled.contract} waits already: --execute carries it out`);
  }
  const running = await implementationOf(clients, proxyOf(deployment, contract));
  const known = contract === "NodeNexus" ? deployment.implementation : deployment.relayPaymentsImplementation;
  if (isAddressEqual(running, known)) return deployment;
  throw new Error(`${contract} runs ${running}, which ${file} does not know: correct the file first`);
}

function planNext(planner: Planner, deployment: Deployment, contract: Upgradeable, code: Linkable) {
  if (contract === "NodeNexus") return planImplementation(planner, contract, code);
  const encoded = deployment.constructorArguments["RelayPayments implementation"] ?? "0x";
  return { implementation: planRelayPaymentsImplementation(planner, code, encoded), libraries: {} };
}

/** Who makes the call that brings an upgrade about, and which call that is. */
async function decide(
  clients: DeployClients,
  { timelock }: Deployment,
  call: Call,
): Promise<{ who: "owner" | "proposer" | "others"; what: Call }> {
  const owner = await ownerOf(clients, call.to);
  if (timelock && isAddressEqual(owner, timelock)) {
    const what = await operationOf(clients, timelock, call).schedule();
    return { who: (await mayPropose(clients, timelock)) ? "proposer" : "others", what };
  }
  return { who: isAddressEqual(owner, clients.walletClient.account.address) ? "owner" : "others", what: call };
}

/** The timelock's execution of a call. @throws Error that says what it waits for */
async function nextCall(clients: DeployClients, { timelock }: Deployment, call: Call): Promise<Call> {
  if (!timelock) throw new Error(`the owner of ${call.to} has not sent the upgrade yet`);
  const operation = operationOf(clients, timelock, call);
  const state = await operation.state();
  if (state === "ready") return operation.execute();
  if (state === "waiting")
    throw new Error(`the timelock lets it through at ${(await operation.readyAt()).toISOString()}`);
  throw new Error("the upgrade is not scheduled in the timelock: a proposer has not sent it, or it was cancelled");
}
