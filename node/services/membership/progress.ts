import type { ProgressStep } from "../../api/daemon.ts";
import type { ShadowMeshError } from "../../core/errors.ts";
import type { Registration } from "../../core/schema.ts";

/** What the steps are made from. */
export interface ProgressInput {
  registration: Registration | null;
  chainFailure: ShadowMeshError | null;
  joined: boolean;
  /** There is an address, own or through a relay, under which others can reach this node. */
  reachable: boolean;
  /** False where it relies on addresses at which nobody has connected to it yet. */
  verified: boolean;
  session: { peerId: string; url: string } | null;
  failure: ShadowMeshError | null;
  announcement: { sequence: number; dhtServers: { regional: number; global: number }; found: boolean } | null;
  announceFailure: ShadowMeshError | null;
}

/** Remembers when each step reached its state, and tells the way of the node in sentences. */
export function createProgress(now: () => number): (input: ProgressInput) => ProgressStep[] {
  const since = new Map<string, { state: string; atMs: number }>();
  const stamp = (step: Omit<ProgressStep, "atMs">): ProgressStep => {
    const known = since.get(step.step);
    if (known?.state !== step.state) since.set(step.step, { state: step.state, atMs: now() });
    return { ...step, atMs: step.state === "waiting" ? null : (since.get(step.step)?.atMs ?? now()) };
  };
  return (input) => [registered(input), joined(input), authenticated(input), found(input)].map(stamp);
}

const typeNames = { backbone_auth: "backbone", light_private: "private", light_public: "public" } as const;

/** `middle_east` is Middle East to a reader. */
function regionName(region: string): string {
  return region.replace(/_/g, " ").replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

type Step = Omit<ProgressStep, "atMs">;

function registered({ registration, chainFailure }: ProgressInput): Step {
  const step = "registered" as const;
  if (registration?.active) {
    const detail = `Registered as a ${typeNames[registration.nodeType]} node in ${regionName(registration.region)}.`;
    return { step, state: "done", detail, errorCode: null };
  }
  if (registration !== null) {
    return {
      step,
      state: "failed",
      detail: "The registration has ended; the stake is unbonding.",
      errorCode: "NODE_NOT_REGISTERED",
    };
  }
  if (chainFailure !== null)
    return { step, state: "failed", detail: `${chainFailure.message} It keeps trying.`, errorCode: chainFailure.code };
  return { step, state: "waiting", detail: "Waits for its operator to register it.", errorCode: null };
}

function joined(input: ProgressInput): Step {
  const step = "joined" as const;
  if (input.joined)
    return { step, state: "done", detail: "Connected to the overlay through a backbone.", errorCode: null };
  if (!input.registration?.active)
    return { step, state: "waiting", detail: "Comes after the registration.", errorCode: null };
  if (input.failure === null) return { step, state: "active", detail: "Looks for a backbone.", errorCode: null };
  return { step, state: "failed", detail: `${input.failure.message} It keeps trying.`, errorCode: input.failure.code };
}

function authenticated(input: ProgressInput): Step {
  const step = "authenticated" as const;
  if (input.session !== null) {
    return { step, state: "done", detail: `Signed in with the backbone at ${input.session.url}.`, errorCode: null };
  }
  return { step, state: "waiting", detail: "Comes after joining the overlay.", errorCode: null };
}

function found(input: ProgressInput): Step {
  const step = "found" as const;
  if (input.announcement?.found && input.joined) {
    const { regional, global } = input.announcement.dhtServers;
    const detail = `The backbone's registry, ${global} DHT ${global === 1 ? "server" : "servers"}, and ${regional} in the DHT of its region answer look-ups with this node's record.${input.verified ? "" : " Nobody has connected to its addresses yet, so whether they can be reached is not verified."}`;
    return { step, state: "done", detail, errorCode: null };
  }
  if (!input.joined) return { step, state: "waiting", detail: "Comes after signing in.", errorCode: null };
  if (!input.reachable) {
    return { step, state: "active", detail: "Asks public nodes to relay for it: nobody can dial it.", errorCode: null };
  }
  const failure = input.announceFailure;
  if (failure !== null)
    return { step, state: "failed", detail: `${failure.message} It keeps trying.`, errorCode: failure.code };
  return { step, state: "active", detail: "Announces where it can be reached.", errorCode: null };
}
