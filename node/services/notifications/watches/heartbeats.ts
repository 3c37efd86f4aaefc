import type { Registration } from "../../../core/schema.ts";
import type { Cause, Watch } from "../cause.ts";

export interface HeartbeatsDeps {
  poolAgent: { status(): { enabled: boolean; paused: boolean; lastHeartbeatMs: number | null } };
  membership: { registration(): Registration | null; joined(): boolean };
  now: () => number;
}

/** Whether backbones hear this machine, as an agent of the pool and as a node. */
export function createHeartbeatWatches(
  { heartbeatMissedMs: limitMs }: { heartbeatMissedMs: number },
  { poolAgent, membership, now }: HeartbeatsDeps,
): { pool: Watch; backbone: Watch } {
  const startedAtMs = now();
  /** From when on somebody listened: a machine that slept missed nothing. */
  let awakeSinceMs = startedAtMs;
  let lookedAtMs = startedAtMs;
  let contactAtMs: number | null = null;

  const look = () => {
    if (now() - lookedAtMs > limitMs / 2) awakeSinceMs = now();
    lookedAtMs = now();
  };

  const missing = (lastMs: number | null, cause: (duration: string) => Cause): readonly Cause[] | null => {
    const silentMs = now() - Math.max(lastMs ?? startedAtMs, awakeSinceMs);
    if (silentMs > limitMs) return [cause(spanText(silentMs))];
    // Not long enough to tell, where nothing was heard since the start.
    return lastMs === null || lastMs < awakeSinceMs ? null : [];
  };

  return {
    async pool() {
      look();
      const { enabled, paused, lastHeartbeatMs } = poolAgent.status();
      if (!enabled || paused || membership.registration()?.active !== true) return [];
      return missing(lastHeartbeatMs, (duration) => ({
        key: "pool",
        text: "poolHeartbeatMissed",
        values: { duration },
        link: "/pool/",
      }));
    },
    async backbone() {
      look();
      if (membership.registration()?.active !== true) return [];
      if (membership.joined()) contactAtMs = now();
      return missing(contactAtMs, (duration) => ({
        key: "backbone",
        text: "backboneLost",
        values: { duration },
        link: "/",
      }));
    },
  };
}

/** In one unit, as any language writes it. */
function spanText(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h`;
}
