import type { Logger } from "pino";
import type { BackboneNode } from "./api.ts";

const lifetimeMs = 30_000;

/** The contract's backbones, asked for at most twice a minute; the last known ones while the chain is away. */
export function createBackboneList(deps: {
  backboneNodes(): Promise<BackboneNode[]>;
  now: () => number;
  log: Logger;
}): () => Promise<BackboneNode[]> {
  let known: BackboneNode[] = [];
  let staleAtMs = 0;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      known = await deps.backboneNodes();
    } catch (error) {
      deps.log.warn({ err: error }, "the list of backbones cannot be read now");
    }
    staleAtMs = deps.now() + lifetimeMs;
    loading = undefined;
  }

  return async () => {
    if (deps.now() >= staleAtMs) {
      loading ??= load();
      await loading;
    }
    return known;
  };
}
