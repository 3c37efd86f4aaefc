import type { Logger } from "pino";
import { type Address, createPublicClient, type Hash, type PublicClient } from "viem";
import { deployments } from "../../../contracts/generated/deployments.ts";
import { createBackoff, sleep } from "../backoff.ts";
import { type ChangeSource, createChangeEmitter } from "../change.ts";
import { ShadowMeshError } from "../errors.ts";
import type { StatementDomain } from "../records/index.ts";
import type { Service } from "../service.ts";
import { type ChainConfig, developmentChainId } from "./config.ts";
import { chainErrors } from "./errors.ts";
import { createNexus, type Nexus } from "./nexus.ts";
import { createRelayPayments, type RelayPayments } from "./payments/relay-payments.ts";
import { rpc } from "./rpc.ts";

export type ChainState = "connected" | "unreachable" | "wrong-chain" | "no-contract";

/** The chain as the daemon sees it: watched, and rejoined by itself when it goes away; changes with each block. */
export interface Chain extends Service, ChangeSource {
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly nexusAddress: Address | null;
  readonly development: boolean;
  readonly state: ChainState;
  readonly blockNumber: number | null;
  /** Of the same block; after a reorganisation another one stands at its number. */
  readonly blockHash: Hash | null;
  readonly client: PublicClient;
  /** @throws NO_CONTRACT where no address is configured */
  readonly nexus: Nexus;
  /** Null where no address is configured or known. */
  readonly payments: RelayPayments | null;
  /** Null where none is configured or known. */
  readonly auditAnchorsAddress: Address | null;
  /** @throws NO_CONTRACT where no address is configured */
  readonly statementDomain: StatementDomain;
  /** What is wrong with the chain: CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, or nothing. */
  failure(): ShadowMeshError | null;
  /** @throws what `failure` gives */
  requireConnected(): void;
}

const stateErrors = {
  unreachable: chainErrors.CHAIN_UNREACHABLE,
  "wrong-chain": chainErrors.WRONG_CHAIN,
  "no-contract": chainErrors.NO_CONTRACT,
} as const;

interface Deployed {
  readonly nodeNexus: Address;
  readonly relayPayments?: Address;
  readonly auditAnchors?: Address;
}

interface ChainDeps {
  log: Logger;
  /** @default those of contracts/deployments */
  deployments?: Readonly<Record<number, Deployed>>;
}

/** Whoever neither pays nor earns names no RelayPayments, and who is no backbone no AuditAnchors. */
type Optional = "relayPaymentsAddress" | "auditAnchorsAddress";
type ChainOptions = Omit<ChainConfig, Optional> & Partial<Pick<ChainConfig, Optional>>;

export function createChain(given: ChainOptions, deps: ChainDeps): Chain {
  const known: Deployed | undefined = (deps.deployments ?? deployments)[given.chainId];
  const config = { ...given, nexusAddress: given.nexusAddress ?? known?.nodeNexus ?? null };
  const client = createPublicClient({ transport: rpc(config.rpcUrl, { retryCount: 1 }) });
  const nexus = config.nexusAddress === null ? null : createNexus(client, config.nexusAddress);
  // That of another NodeNexus would pay other nodes.
  const beside = config.nexusAddress === known?.nodeNexus ? known : undefined;
  const paymentsAddress = given.relayPaymentsAddress ?? beside?.relayPayments ?? null;
  const payments = paymentsAddress === null ? null : createRelayPayments(client, paymentsAddress);
  const changes = createChangeEmitter();
  const stopping = new AbortController();
  let state: ChainState = "unreachable";
  let head: Head | null = null;
  let watching: Promise<void> | undefined;

  const look = async (signal: AbortSignal) => {
    const [next, block] = await abortable(inspect(client, config), signal);
    if (next !== state) deps.log.info({ from: state, to: next, chainId: config.chainId }, "chain state");
    const news = next !== state || block?.hash !== head?.hash;
    state = next;
    head = block;
    if (news) changes.emit();
  };

  const watch = async () => {
    const backoff = createBackoff({ minMs: config.pollIntervalMs, maxMs: 30_000 });
    while (!stopping.signal.aborted) {
      if (state === "connected") backoff.reset();
      await sleep(state === "connected" ? config.pollIntervalMs : backoff.next(), stopping.signal);
      if (!stopping.signal.aborted) await look(stopping.signal).catch(() => undefined);
    }
  };

  const failure = () => {
    if (state === "connected") return null;
    const details = { rpcUrl: config.rpcUrl, chainId: config.chainId, nexusAddress: config.nexusAddress };
    return new ShadowMeshError(stateErrors[state], { details });
  };

  return {
    chainId: config.chainId,
    rpcUrl: config.rpcUrl,
    nexusAddress: config.nexusAddress,
    development: config.chainId === developmentChainId,
    client,
    payments,
    auditAnchorsAddress: given.auditAnchorsAddress ?? beside?.auditAnchors ?? null,
    get state() {
      return state;
    },
    get blockNumber() {
      return head?.number ?? null;
    },
    get blockHash() {
      return head?.hash ?? null;
    },
    get nexus() {
      if (nexus === null) throw new ShadowMeshError(chainErrors.NO_CONTRACT);
      return nexus;
    },
    get statementDomain() {
      if (config.nexusAddress === null) throw new ShadowMeshError(chainErrors.NO_CONTRACT);
      return { chainId: config.chainId, nexusAddress: config.nexusAddress };
    },
    async start(signal) {
      signal.throwIfAborted();
      await look(AbortSignal.any([signal, stopping.signal]));
      watching = watch();
    },
    async stop() {
      stopping.abort();
      await watching;
    },
    onChange: changes.onChange,
    failure,
    requireConnected() {
      const failed = failure();
      if (failed !== null) throw failed;
    },
  };
}

/** An endpoint that takes a request and never answers must hold up neither a start nor a stop. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

interface Head {
  number: number;
  hash: Hash;
}

/** Asks the endpoint which chain it is, and whether the contract is there; never throws. */
async function inspect(client: PublicClient, config: ChainOptions): Promise<[ChainState, Head | null]> {
  try {
    if ((await client.getChainId()) !== config.chainId) return ["wrong-chain", null];
    const { number, hash } = await client.getBlock({ blockTag: "latest" });
    const head = { number: Number(number), hash };
    if (config.nexusAddress === null) return ["no-contract", head];
    const code = await client.getCode({ address: config.nexusAddress });
    return [code === undefined ? "no-contract" : "connected", head];
  } catch {
    return ["unreachable", null];
  }
}
