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
import {
  askBackbone,
  type BackboneSession,
  type BackboneSessionDeps,
  lookupAmong,
  openSession,
} from "./backbone-session.ts";
import type { MembershipConfig } from "./config.ts";
import { type BackboneEntry, listBackbones, mergeBackbones } from "./directory.ts";
import { membershipErrors } from "./errors.ts";
import type { MembershipStore } from "./memory.ts";
import { nearestFirst } from "./nearest.ts";
import { createRegistrationWatch } from "./registration.ts";

/** A session is renewed when this share of its life is left. */
const renewBeforeMs = 60 * 60_000;
const openTimeoutMs = 10_000;
/** A backbone that has not answered by then is tried last. */
const measureTimeoutMs = 2_000;
/** Safety net under the events: how often the session is looked at. */
const checkIntervalMs = 10_000;

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

  const backboneUrls = () => {
    const own = session === null ? [] : [{ peerId: session.peerId, url: session.url, region: null }];
    return mergeBackbones(own, backbones()).map(({ url }) => url);
  };

  const active = () => watch.current?.active === true;
  const connected = (held: BackboneSession) =>
    held.peerId === deps.identity.peerId || deps.overlay.connectionTo(held.peerId) !== undefined;
  const sound = () => session !== null && connected(session) && deps.now() < session.expiresAtMs - renewBeforeMs;

  const refreshDirectory = async () => {
    if (deps.chain.state === "connected") {
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
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(measureTimeoutMs)]);
    const ranked = await Promise.all(
      lists.map((list) => nearestFirst(list, { ask: askBackbone, region: watch.current?.region }, signal)),
    );
    return preferOthers(mergeBackbones(...ranked), deps.identity.peerId);
  };

  const open = async () => {
    for (const entry of await inOrder()) {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(openTimeoutMs)]);
      try {
        session = await openSession(entry, deps, signal);
        failure = null;
        deps.log.info({ backbone: session.peerId, url: session.url }, "authenticated");
        return;
      } catch (error) {
        failure = ShadowMeshError.is(error)
          ? error
          : new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE, { cause: error });
        deps.log.warn({ err: failure, url: entry.url }, "no session with this backbone");
      }
      if (stopping.aborted) return;
    }
    failure ??= new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE, { message: "No backbone is known yet." });
  };

  const run = async () => {
    const backoff = createBackoff({ minMs: 500, maxMs: 15_000 });
    while (!stopping.aborted) {
      await refreshDirectory();
      if (!active()) session = null;
      else if (!sound()) {
        session = null;
        changes.emit();
        await open();
      }
      changes.emit();
      if (sound()) backoff.reset();
      const short = active() && !sound();
      // Short of a session: a change must not make this a busy loop, so the back-off is waited for in full.
      if (short) await nextChange([], backoff.next(), stopping);
      else await nextChange([watch, deps.overlay, changes], checkIntervalMs, stopping);
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
        // The backbone has forgotten us: the loop signs in anew.
        if (ShadowMeshError.is(error, backboneErrors.SESSION_INVALID) && session === held) {
          session = null;
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
