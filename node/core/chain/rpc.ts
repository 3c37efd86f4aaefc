import {
  createTransport,
  type EIP1193RequestFn,
  HttpRequestError,
  RpcRequestError,
  stringify,
  TimeoutError,
  type Transport,
} from "viem";
import { sendHttp } from "../http/index.ts";

const timeoutMs = 10_000;

/** JSON-RPC over HTTP for viem, as viem's own `http` but over the daemon's HTTP client (see core/http). */
export function rpc(url: string, options: { retryCount?: number } = {}): Transport<"http"> {
  let lastId = 0;
  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const body = { method, params };
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await sendHttp(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stringify({ jsonrpc: "2.0", id: ++lastId, ...body }),
      signal,
    }).catch((cause: Error) => {
      throw signal.aborted ? new TimeoutError({ body, url }) : new HttpRequestError({ body, url, cause });
    });
    const { result, error } = parse(answer.text);
    // Also with a status of failure: the node's own error says more.
    if (typeof error?.code === "number") throw new RpcRequestError({ body, url, error });
    if (answer.status !== 200 || result === undefined) {
      throw new HttpRequestError({ body, url, status: answer.status, details: answer.text.slice(0, 200) });
    }
    return result;
  };
  return () =>
    createTransport({
      key: "http",
      name: "JSON-RPC over HTTP",
      type: "http",
      request: request as EIP1193RequestFn,
      retryCount: options.retryCount ?? 3,
      timeout: timeoutMs,
    });
}

interface RpcAnswer {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

function parse(text: string): RpcAnswer {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
