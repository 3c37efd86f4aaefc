import type { ServerResponse } from "node:http";
import { commonErrors, ShadowMeshError } from "../../core/errors.ts";
import { networkOf } from "../client-network.ts";
import { poolErrors } from "./errors.ts";
import type { NumberedEvent } from "./journal.ts";

export interface EventStream {
  /**
   * Tells a client every event from now on, before them those after `lastId`, or the newest where it names none. Lasts
   * until the client goes or the signal aborts. @throws EVENTS_BUSY, RATE_LIMITED
   */
  follow(client: ServerResponse, from: { lastId: number | null; address: string }, signal: AbortSignal): void;
  /** From which number on `publish` tells everything. */
  begin(lastId: number): void;
  publish(events: readonly NumberedEvent[]): void;
  readonly clients: number;
  /** Clients that were cut because they read too slowly. */
  readonly cut: number;
}

/** What a client that lost its connection can go on with. */
const maxKept = 1_000;
/** What a new client sees at once. */
const recentCount = 20;
/** What may wait for a client before it is cut: it comes back, and asks for what it missed. */
const maxWaitingBytes = 512 * 1024;
/** Proxies and servers close what is silent for a minute. */
const keepAliveMs = 15_000;
/** How soon a browser that lost its connection tries again. */
const retryMs = 1_000;

/** Server-sent events (WHATWG HTML, section 9.2): each is written out once, for however many clients. */
export function createEventStream(config: { maxClients: number; maxOfAddress: number }): EventStream {
  const clients = new Set<ServerResponse>();
  const ofNetworks = new Map<string, number>();
  /** Every event after this number is kept. */
  let keptAfter = 0;
  let kept: { readonly id: number; readonly text: string }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let cut = 0;

  function sendAll(text: string): void {
    const bytes = Buffer.from(text);
    for (const client of clients) {
      if (client.writableLength > maxWaitingBytes) {
        cut++;
        client.destroy();
      } else client.write(bytes);
    }
  }

  const newest = () => kept.at(-1)?.id ?? keptAfter;

  /** What a client missed; null where it is not kept any more. */
  function missedBy(lastId: number): string | null {
    return lastId < keptAfter || lastId > newest() ? null : textOf(kept.filter(({ id }) => id > lastId));
  }

  function remove(client: ServerResponse, network: string): void {
    if (!clients.delete(client)) return;
    const others = (ofNetworks.get(network) ?? 0) - 1;
    if (others > 0) ofNetworks.set(network, others);
    else ofNetworks.delete(network);
    if (clients.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    get clients() {
      return clients.size;
    },
    get cut() {
      return cut;
    },
    follow(client, { lastId, address }, signal) {
      if (clients.size >= config.maxClients) throw new ShadowMeshError(poolErrors.EVENTS_BUSY);
      const network = networkOf(address);
      const already = ofNetworks.get(network) ?? 0;
      if (already >= config.maxOfAddress) {
        throw new ShadowMeshError(commonErrors.RATE_LIMITED, {
          details: { clients: already, retryAfterMs: keepAliveMs },
        });
      }
      client.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
      const past = lastId === null ? textOf(kept.slice(-recentCount)) : missedBy(lastId);
      client.write(`retry: ${retryMs}\n\n${past ?? `id: ${newest()}\nevent: reset\ndata: {}\n\n`}`);
      clients.add(client);
      ofNetworks.set(network, already + 1);
      client.once("close", () => remove(client, network));
      client.on("error", () => remove(client, network));
      signal.addEventListener("abort", () => client.end(), { once: true });
      timer ??= setInterval(() => sendAll(": \n\n"), keepAliveMs).unref();
    },
    begin(lastId) {
      keptAfter = lastId;
    },
    publish(events) {
      const texts = events.map(({ id, event }) => ({
        id,
        text: `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
      }));
      kept = [...kept, ...texts];
      keptAfter = kept.at(-maxKept - 1)?.id ?? keptAfter;
      kept = kept.slice(-maxKept);
      if (clients.size > 0) sendAll(textOf(texts));
    },
  };
}

function textOf(events: readonly { readonly text: string }[]): string {
  return events.map(({ text }) => text).join("");
}
