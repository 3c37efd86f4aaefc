import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "viem";
import { deployNodeNexus } from "../deploy/index.ts";
import { type DevChain, type DevChainOptions, startDevChain } from "./chain.ts";
import { placeEmptyDatabase } from "./empty-database.ts";
import { issuerAdmin, issuerClient } from "./issuer/process.ts";
import { accounts, type Member } from "./members.ts";
import { type NodeFolderConfig, prepareNodeFolder } from "./node-folder.ts";
import { allocatePorts, type Ports } from "./ports.ts";
import { type PreparedMember, registerMembers } from "./registrar.ts";

/** The first of what a mesh has in its folder. */
export const portsFile = "ports.json";

export interface FoundationConfig {
  /** State of chain and members, such as `.shadowmesh/devnet`. */
  folder: string;
  members: readonly Member[];
  /** An unregistered node beside the members, and its data folder. */
  newcomer?: { name: string; folder: string };
  /** Ports that people remember, by name; any others are free ones. */
  preferredPorts?: Readonly<Record<string, number>>;
  chain?: DevChainOptions;
  /** Options of every backbone, beside those that the mesh needs. */
  backbone?: NodeFolderConfig["backbone"];
  /** Whether an issuer will stand beside the members, at which the backbones' admin signs in. @default false */
  issuer?: boolean;
  /** How often nodes look for new blocks, in milliseconds. @default 500: people and tests wait for them */
  pollIntervalMs?: number;
  /** How long an epoch of scores lasts, in seconds; each node is probed twelve times in it. @default by their number */
  epochLengthS?: bigint;
  /** Told before each step. */
  onStep(step: string): void;
}

/** What a mesh stands on: a chain with the contract, and members with data folders and registrations. */
export interface Foundation {
  readonly chain: DevChain;
  readonly nexusAddress: Address;
  readonly relayPaymentsAddress: Address;
  readonly auditAnchorsAddress: Address;
  readonly ports: Ports<string>;
  folderOf(name: string): string;
  /** Frees what was held for a node, right before it starts. */
  releasePortsOf(name: string): Promise<void>;
}

/**
 * How long an epoch of scores lasts, in seconds: short enough to watch, and long enough that the probes of a large mesh,
 * each a handshake, leave the processor to what is tested.
 */
function epochLengthOf({ length }: readonly Member[]): bigint {
  if (length > 24) return 3_600n;
  return length > 8 ? 600n : 120n;
}

/** Starts the chain and makes what is not there yet: the contract, the data folders, the registrations. */
export async function layFoundation(config: FoundationConfig): Promise<Foundation> {
  const { folder, members, newcomer, onStep } = config;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = config.issuer ? ["chain", "issuer"] : ["chain"];
  const names = [...beside, ...members.flatMap(portsOf), ...(newcomer ? portsOf({ ...newcomer, dialable: true }) : [])];
  const ports = await allocatePorts(join(folder, portsFile), names, config.preferredPorts ?? {});
  const folderOf = (name: string) => (name === newcomer?.name ? newcomer.folder : join(folder, name));

  onStep("starting the chain");
  await ports.release("chain");
  const chain = await startDevChain(folder, ports.numbers.chain ?? 0, config.chain);
  try {
    onStep("deploying NodeNexus, if it is not there");
    const backbones = members.filter(({ type }) => type === "backbone_auth");
    const deployment = await deployNodeNexus({
      rpcUrl: chain.rpcUrl,
      account: chain.account(accounts.governance),
      parameters: { unbondingPeriodS: 120n, epochLengthS: config.epochLengthS ?? epochLengthOf(members) },
      deploymentFile: join(folder, "deployment.json"),
      ifStale: "redeploy",
      backboneOperators: backbones.map(({ operator }) => chain.account(operator).address),
    });
    const {
      nodeNexus: nexusAddress,
      relayPayments: relayPaymentsAddress,
      auditAnchors: auditAnchorsAddress,
    } = deployment;
    const { pollIntervalMs = 500 } = config;
    const node = {
      chain: { rpcUrl: chain.rpcUrl, nexusAddress, relayPaymentsAddress, auditAnchorsAddress, pollIntervalMs },
    };
    const prepare = async (member: Member): Promise<PreparedMember> => {
      const { overlayPort, apiPort, backbonePort } = numbersOf(member.name, ports.numbers);
      const backbone = backbonePort === null ? null : { port: backbonePort, ...config.backbone };
      const admin = adminOf(ports.numbers.issuer, backbonePort);
      if (backbone !== null) await placeEmptyDatabase(join(folderOf(member.name), "backbone"));
      const identity = await prepareNodeFolder(folderOf(member.name), {
        ...node,
        overlayPort,
        apiPort,
        backbone,
        admin,
      });
      return { member, identity, endpoint: backbone && `http://127.0.0.1:${backbone.port}` };
    };
    await registerMembers(chain, nexusAddress, await Promise.all(members.map(prepare)), onStep);
    if (newcomer) {
      const { overlayPort, apiPort } = numbersOf(newcomer.name, ports.numbers);
      await prepareNodeFolder(newcomer.folder, { ...node, overlayPort, apiPort, backbone: null });
    }
    const releasePortsOf = (name: string) => ports.release(...names.filter((port) => port.endsWith(`:${name}`)));
    return { chain, nexusAddress, relayPaymentsAddress, auditAnchorsAddress, ports, folderOf, releasePortsOf };
  } catch (error) {
    await chain.stop();
    await ports.releaseAll();
    throw error;
  }
}

/** Who is an admin of a backbone, and where he signs in. */
function adminOf(issuerPort: number | undefined, backbonePort: number | null): NodeFolderConfig["admin"] {
  if (issuerPort === undefined || backbonePort === null) return undefined;
  const issuer = `http://127.0.0.1:${issuerPort}`;
  return { issuer, clientId: issuerClient, pageUrl: adminPageAt(backbonePort), subjects: [issuerAdmin] };
}

/** Where a backbone serves its admin's page. */
export const adminPageAt = (backbonePort: number) => `http://127.0.0.1:${backbonePort}/admin/`;

/** The names of a node's ports. */
function portsOf({ name, dialable, type }: Pick<Member, "name" | "dialable"> & { type?: string }): string[] {
  return [
    `api:${name}`,
    ...(dialable ? [`overlay:${name}`] : []),
    ...(type === "backbone_auth" ? [`backbone:${name}`] : []),
  ];
}

function numbersOf(name: string, numbers: Readonly<Record<string, number>>) {
  return {
    overlayPort: numbers[`overlay:${name}`] ?? null,
    apiPort: numbers[`api:${name}`] ?? 0,
    backbonePort: numbers[`backbone:${name}`] ?? null,
  };
}
