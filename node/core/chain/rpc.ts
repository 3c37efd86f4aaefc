import { type HttpTransport, http } from "viem";
import { timeoutSignal } from "../timeout-signal.ts";

export interface RpcOptions {
  /** After a failure, with a pause that grows. @default 3 */
  retryCount?: number;
  /** Until the whole answer is there. @default 10 s */
  timeoutMs?: number;
}

/** JSON-RPC by viem, whose own timeout ends where an answer begins: here it covers the body too, of at most 10 MiB. */
export function rpc(url: string, { retryCount = 3, timeoutMs = 10_000 }: RpcOptions = {}): HttpTransport {
  return http(url, {
    retryCount,
    // Not beside ours: two timers of one length would race for the error.
    timeout: 0,
    fetchFn: (input, init) => fetch(input, { ...init, signal: timeoutSignal(timeoutMs) }),
  });
}
