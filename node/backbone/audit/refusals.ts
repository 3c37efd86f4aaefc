import type { Logger } from "pino";
import type { Service } from "../../core/service.ts";
import type { Audit } from "./audit.ts";

const windowMs = 60_000;
/** Peers named in a minute; of all others one event tells together, so that a flood of names fills no disk. */
const maxNamed = 32;

export interface Refusals extends Service {
  /** Counts one refused attempt in a peer's name, or in nobody's. */
  count(peerId: string | null, code: string): void;
  /** Records what was counted since the last time; what the database does not take is kept for the next. */
  flush(): Promise<void>;
}

/** Anybody can be refused, as often as he likes: attempts are counted by the minute, peer and error code. */
export function createRefusals(type: string, deps: { audit: Audit; log: Logger }): Refusals {
  let counted = new Map<string, { peerId: string | null; code: string; attempts: number }>();
  let timer: NodeJS.Timeout | undefined;

  function add(peerId: string | null, code: string, attempts: number): void {
    const key = `${peerId} ${code}`;
    const known = counted.get(key);
    if (known !== undefined) known.attempts += attempts;
    else if (peerId === null || counted.size < maxNamed) counted.set(key, { peerId, code, attempts });
    else add(null, code, attempts);
  }

  async function flush(): Promise<void> {
    const taken = [...counted.values()];
    counted = new Map();
    await Promise.all(
      taken.map(({ peerId, code, attempts }) =>
        deps.audit
          .record({ type, actor: null, subject: peerId, details: { code, attempts } })
          .catch((error: unknown) => {
            deps.log.warn({ err: error }, "refused attempts could not be recorded yet");
            add(peerId, code, attempts);
          }),
      ),
    );
  }

  return {
    count: (peerId, code) => add(peerId, code, 1),
    flush,
    async start(signal) {
      signal.throwIfAborted();
      timer = setInterval(() => void flush(), windowMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
