import type { Hex } from "viem";
import { type ChangeSource, createChangeEmitter } from "../../core/change.ts";

/** What was relayed for whom since the daemon started: what splices and circuits carried, in both directions together. */
export interface Usage extends ChangeSource {
  add(client: Hex, bytes: number): void;
  bytesOf(client: Hex): number;
  readonly totalBytes: number;
  /** Bytes by client. */
  readonly clients: ReadonlyMap<Hex, number>;
}

export function createUsage(): Usage {
  const clients = new Map<Hex, number>();
  const changes = createChangeEmitter();
  let totalBytes = 0;
  return {
    clients,
    get totalBytes() {
      return totalBytes;
    },
    add(client, bytes) {
      clients.set(client, (clients.get(client) ?? 0) + bytes);
      totalBytes += bytes;
      changes.emit();
    },
    bytesOf: (client) => clients.get(client) ?? 0,
    onChange: changes.onChange,
  };
}
