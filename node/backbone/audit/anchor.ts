import type { Logger } from "pino";
import { sleep } from "../../core/backoff.ts";
import type { AnchoredHead } from "../../core/chain/index.ts";
import { createLoop } from "../../core/loop.ts";
import type { Service } from "../../core/service.ts";
import type { Heads } from "./heads.ts";

/** A head costs some 50,000 gas, and what happened since the last one is what a database's ruler could still change. */
const anchorEveryMs = 24 * 3_600_000;
/** How often it is looked whether it is time; also while the chain is away or the node key has no coins. */
const lookEveryMs = 10 * 60_000;

/** The chain as this backbone's log needs it. */
export interface AnchorChain {
  /** This backbone's last head on chain. @throws CHAIN_UNREACHABLE */
  last(): Promise<AnchoredHead | null>;
  /** Brings a head on chain, paid by the node key. @throws TRANSACTION_REVERTED, INSUFFICIENT_FUNDS */
  anchor(head: Pick<AnchoredHead, "size" | "root">): Promise<unknown>;
}

export interface Anchoring extends Service {
  /** Brings the log's head on chain where the last one is a day old; tells whether it did. */
  look(): Promise<boolean>;
}

export interface AnchoringDeps {
  /** Null where no contract takes heads. */
  chain: AnchorChain | null;
  heads: Pick<Heads, "sign">;
  now: () => number;
  log: Logger;
}

/** Brings the audit log's head on chain once a day. */
export function createAnchoring({ chain, heads, now, log }: AnchoringDeps): Anchoring {
  const { stopping, ...life } = createLoop(() => run());

  async function look(): Promise<boolean> {
    if (chain === null) return false;
    const last = await chain.last();
    if (last !== null && now() < last.anchoredAtMs + anchorEveryMs) return false;
    const { size, root } = await heads.sign();
    if (size === 0 || size === last?.size) return false;
    await chain.anchor({ size, root });
    log.info({ size, root }, "the audit log's head is on chain");
    return true;
  }

  async function run(): Promise<void> {
    while (!stopping.aborted && chain !== null) {
      await look().catch((error: unknown) => log.warn({ err: error }, "the audit log cannot be anchored on chain now"));
      await sleep(lookEveryMs, stopping);
    }
  }

  return { look, ...life };
}
