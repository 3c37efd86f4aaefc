import type { Hex } from "viem";
import type { Chain } from "../../core/chain/index.ts";
import { type ChangeSource, createChangeEmitter } from "../../core/change.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";

export interface RegistrationWatch extends Service, ChangeSource {
  /** What the contract said last; null while it knows no such node. */
  readonly current: Registration | null;
  /** Reads the contract now. */
  refresh(): Promise<void>;
}

/** Follows this node's entry in NodeNexus, block by block. */
export function createRegistrationWatch(
  deps: { peerId: Hex; chain: Chain },
  last: Registration | null,
): RegistrationWatch {
  const changes = createChangeEmitter();
  let current = last;
  let stopWatching: (() => void) | undefined;

  const refresh = async () => {
    if (deps.chain.state !== "connected") return;
    const next = await deps.chain.nexus.registrationOf(deps.peerId);
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    changes.emit();
  };

  return {
    get current() {
      return current;
    },
    refresh,
    onChange: changes.onChange,
    async start(signal) {
      signal.throwIfAborted();
      // A read that fails is repeated at the next block; the chain's own state says why.
      stopWatching = deps.chain.onChange(() => void refresh().catch(() => undefined));
      await refresh().catch(() => undefined);
    },
    async stop() {
      stopWatching?.();
    },
  };
}
