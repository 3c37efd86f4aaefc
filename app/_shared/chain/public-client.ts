import { createPublicClient, http, type PublicClient } from "viem";

const clients = new Map<string, PublicClient>();

/** Reads of the chain without a wallet; calls of one moment travel in one request. */
export function publicClientOf(rpcUrl: string): PublicClient {
  const client =
    clients.get(rpcUrl) ??
    createPublicClient({ transport: http(rpcUrl, { batch: true, retryCount: 1, timeout: 10_000 }) });
  clients.set(rpcUrl, client);
  return client;
}
