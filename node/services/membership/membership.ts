import type { Logger } from "pino";
import type { Hex } from "viem";
import { backboneErrors } from "../../backbone/errors.ts";
import { createBackoff } from "../../core/backoff.ts";
import type { Chain } from "../../core/chain/index.ts";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { createLoop } from "../../core/loop.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import type { SignedRecord } from "../../core/records/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import {
  askBackbone,
  type BackboneSession,
  type BackboneSessionDeps,
  isRefusal,
  lookupAmong,
  openSession,
} from "./backbone-session.ts";
import type { MembershipConfig } from "./config.ts";
import { type BackboneEntry, listBackbones, mergeBackbones } from "./directory.ts";
import { membershipErrors } from "./errors.ts";
import type { MembershipStore } from "./memory.ts";
import { nearestFirst } from "./nearest.ts";
import { createPeriod } from "./period.ts";
import { createRegistrationWatch } from "./registration.ts";

/** A session is renewed when this share of its life is left. */
const renewBeforeMs = 60 * 60_000;
const openTimeoutMs = 10_000;
/** A backbone that has not answered by then is tried last. */
const measureTimeoutMs = 2_000;
/** How often the session is looked at, and the backbone asked whether it still serves: its connection may say nothing. */
const heartbeatMs = 10_000;
/** Its answer to that, on a busy machine far away. */
const heartbeatTimeoutMs = 5_000;
/** The contract's list is read again after that; at once where a session is wanted. */
const directoryMs = 60_000;
/** Where the nodes of a backbone that was away have fled to, they would stay until their sessions end. */
const remeasureMs = 60 * 60_000;

export interface MembershipDeps extends BackboneSessionDeps {
  chain: Chain;
  overlay: Pick<Overlay, "cache" | "connect" | "connectionTo" | "onChange">;
  store: MembershipStore;
  now: () => number;
  log: Logger;
}

export interface Membership extends Service, ChangeSource {
  registration(): Registration | null;
  /** Registered, and connected to a backbone's overlay node. */
  joined(): boolean;
  session(): BackboneSession | null;
  /** Why there is no session, where one was tried. */
  failure(): ShadowMeshError | null;
  refreshRegistration(): Promise<void>;
  announce(signed: SignedRecord, signal: AbortSignal): Promise<void>;
  /** Where what backbones tell anybody can be asked: the session's first, then all that are known. */
  backboneUrls(): string[];
  /** Asks a backbone's public registry; needs no session. */
  lookup(peerId: Hex, signal: AbortSignal): Promise<SignedRecord | null>;
}

export async function createMembership(config: MembershipConfig, deps: MembershipDeps): Promise<Membership> {
  const memory = await deps.store.read();
  const watch = createRegistrationWatch({ peerId: deps.identity.peerId, chain: deps.chain }, memory.registration);
  const configured = config.backbones.map((url) => ({ peerId: null, url, region: null }));
  const changes = createChangeEmitter();
  const { stopping, ...life } = createLoop(() => run());
  /** The contract's, the configured ones, and those known last: each list is preferred to the next. */
  let lists: readonly (readonly BackboneEntry[])[] = [configured, memory.backbones];
  const backbones = () => mergeBackbones(...lists);
  let session: BackboneSession | null = null;
  let failure: ShadowMeshError | null = null;
  /** The session with which an announcement failed. */
  let failing: BackboneSession | null = null;
  const directory = createPeriod(() => directoryMs, deps.now);
  // Shorter than the loop waits, or a timer that fires a moment early would skip one.
  const heartbeat = createPeriod(() => heartbeatMs * 0.9, deps.now);
  // Spread, or all that came to a backbone at once would go at once.
  const remeasure = createPeriod(() => remeasureMs * (0.5 + Math.random()), deps.now);

  const backboneUrls = () => {
    const own = session === null ? [] : [{ peerId: session.peerId, url: session.url, region: null }];
    return mergeBackbones(own, backbones()).map(({ url }) => url);
  };

  const active = () => watch.current?.active === true;
  const connected = (held: BackboneSession) =>
    held.peerId === deps.identity.peerId || deps.overlay.connectionTo(held.peerId) !== undefined;
  const sound = () => session !== null && connected(session) && deps.now() < session.expiresAtMs - renewBeforeMs;

  const refreshDirectory = async () => {
    if (deps.chain.state === "connected" && (!sound() || directory.isDue())) {
      directory.restart();
      // A chain that has just gone away takes nothing from what is known.
      const listed = await listBackbones(deps.chain.nexus, watch.current?.region ?? null).catch(() => null);
      if (listed !== null) lists = [listed, configured, listed.length > 0 ? [] : memory.backbones];
    }
    // A full disk must not end the membership; the next change writes it again.
    await deps.store.write({ registration: watch.current, backbones: backbones() }).catch((error: unknown) => {
      deps.log.warn({ err: error }, "membership.json not written");
    });
  };

  const inOrder = async () => {
    const signal = AbortSignal.any([stopping, timeoutSignal(measureTimeoutMs)]);
    const ranked = await Promise.all(
      lists.map((list) => nearestFirst(list, { ask: askBackbone, region: watch.current?.region }, signal)),
    );
    return preferOthers(mergeBackbones(...ranked), deps.identity.peerId);
  };

  /** The session that the first of them gives; where none does, null, and `failure` says why. */
  const open = async (entries: readonly BackboneEntry[]): Promise<BackboneSession | null> => {
    for (const entry of entries) {
      const signal = AbortSignal.any([stopping, timeoutSignal(openTimeoutMs)]);
      try {
        const opened = await openSession(entry, deps, signal);
        deps.log.info({ backbone: opened.peerId, url: opened.url }, "authenticated");
        failure = null;
        heartbeat.restart();
        remeasure.restart();
        return opened;
      } catch (error) {
        failure = ShadowMeshError.is(error)
          ? error
          : new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE, { cause: error });
        deps.log.warn({ err: failure, url: entry.url }, "no session with this backbone");
      }
      if (stopping.aborted) return null;
    }
    failure ??= new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE, { message: "No backbone is known yet." });
    return null;
  };

  const serves = async ({ url }: BackboneSession) => {
    const signal = AbortSignal.any([stopping, timeoutSignal(heartbeatTimeoutMs)]);
    return askBackbone(url, signal).then(
      () => true,
      () => stopping.aborted,
    );
  };

  /** Another session than this one, where there is reason for one and a backbone that gives it: a bad one is better than none. */
  const better = async (held: BackboneSession): Promise<BackboneSession | null> => {
    const hasFailed = failing === held;
    failing = null;
    const mustLeave = hasFailed || (heartbeat.isDue() && !(await serves(held)));
    if (!mustLeave && !remeasure.isDue()) return null;
    const ranked = await inOrder();
    if (mustLeave) return open(ranked.filter(({ url }) => url !== held.url));
    return open(ranked.slice(0, 1).filter(({ url }) => url !== held.url));
  };

  const run = async () => {
    const backoff = createBackoff({ minMs: 500, maxMs: 15_000 });
    while (!stopping.aborted) {
      await refreshDirectory();
      if (!active()) session = null;
      else if (session === null || !sound()) {
        session = null;
        changes.emit();
        session = await open(await inOrder());
      } else {
        session = (await better(session)) ?? session;
        failure = null;
      }
      changes.emit();
      if (sound()) backoff.reset();
      const short = active() && !sound();
      // Short of a session: a change must not make this a busy loop, so the back-off is waited for in full.
      if (short) await nextChange([], backoff.next(), stopping);
      else await nextChange([watch, deps.overlay, changes], heartbeatMs, stopping);
    }
  };

  return {
    onChange: changes.onChange,
    registration: () => watch.current,
    joined: () => active() && session !== null && connected(session),
    session: () => session,
    failure: () => failure,
    backboneUrls,
    refreshRegistration: watch.refresh,
    async announce(signed, signal) {
      if (session === null) throw new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE);
      const held = session;
      await held.announce(signed, signal).catch((error: unknown) => {
        const isForgotten = ShadowMeshError.is(error, backboneErrors.SESSION_INVALID);
        if (session === held && (isForgotten || !isRefusal(error))) {
          // The backbone has forgotten us: the loop signs in anew. Or it can't take what we bring: the loop looks for another.
          if (isForgotten) session = null;
          else failing = held;
          changes.emit();
        }
        throw error;
      });
    },
    async lookup(peerId, signal) {
      return lookupAmong(backboneUrls(), peerId, signal);
    },
    async start(signal) {
      await watch.start(signal);
      await refreshDirectory();
      await life.start(signal);
    },
    async stop() {
      await life.stop();
      await watch.stop();
    },
  };
}

/** A backbone authenticates with another one, where there is one. */
function preferOthers(entries: readonly BackboneEntry[], self: Hex): BackboneEntry[] {
  return [...entries].sort((a, b) => Number(a.peerId === self) - Number(b.peerId === self));
}
