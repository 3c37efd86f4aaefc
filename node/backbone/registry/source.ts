import type { Hex } from "viem";
import type { Registration } from "../../core/schema.ts";

/** NodeNexus as the registry follows it. */
export interface RegistrySource {
  /** @throws CHAIN_UNREACHABLE */
  registrationOf(peerId: Hex): Promise<Registration | null>;
  /** All active registrations, page by page. */
  pages(signal: AbortSignal): AsyncIterable<readonly Registration[]>;
  /**
   * Names the peers whose registration changed; what it is now, the registry asks for. `onGap` says that changes may
   * have been missed. Returns how to stop.
   */
  watch(listener: { onChange(peerIds: readonly Hex[]): void; onGap(): void }): () => void;
}
