import type { Hex } from "viem";
import { type ChangeSource, createChangeEmitter } from "../../core/change.ts";
import { keepNewest } from "../../core/keep-newest.ts";

/** Those who had something relayed last; the total counts the others, too. */
const maxClients = 10_000;

/** What was relayed for whom since the daemon started: what splices and circuits carried, in both directions together. */
export interface Usage extends ChangeSource {
  add(client: Hex, bytes: number): void;
  bytesOf(client: Hex): number;
  readonly totalBytes: number;
  /** Bytes by client, of those who were relayed for last. */
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
      keepNewest(clients, client, (clients.get(client) ?? 0) + bytes, maxClients);
      totalBytes += bytes;
      changes.emit();
    },
    bytesOf: (client) => clients.get(client) ?? 0,
    onChange: changes.onChange,
  };
}
