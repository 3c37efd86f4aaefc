import type { Hex } from "viem";
import type { Chain, ChainState } from "../../node/core/chain/index.ts";
import { createChangeEmitter } from "../../node/core/change.ts";
import type { Registration } from "../../node/core/schema.ts";

/** The chain as the membership sees it, written by the test: registrations, and backbones by region. */
export function createChainPort(regions = ["africa", "europe", "oceania"]) {
  const changes = createChangeEmitter();
  const registrations = new Map<Hex, Registration>();
  const backbones: { peerId: Hex; region: string; url: string | null }[] = [];
  let state: ChainState = "connected";
  let broken = false;
  let listings = 0;

  const read = <T>(answer: T): Promise<T> =>
    broken || state !== "connected" ? Promise.reject(new Error("the chain is away")) : Promise.resolve(answer);
  const chain = {
    get state() {
      return state;
    },
    onChange: changes.onChange,
    payments: null,
    nexus: {
      registrationOf: (peerId: Hex) => read(registrations.get(peerId) ?? null),
      regions: () => {
        listings++;
        return read(regions);
      },
      backbones: (region: string) => read(backbones.filter((one) => one.region === region).map(({ peerId }) => peerId)),
      endpointOf: (peerId: Hex) => read(backbones.find((one) => one.peerId === peerId)?.url ?? null),
    },
  } as unknown as Chain;

  return {
    chain,
    /** How often the list of backbones was read. */
    listings: () => listings,
    register(registration: Registration) {
      registrations.set(registration.peerId, registration);
      changes.emit();
    },
    list(...entries: typeof backbones) {
      backbones.splice(0, backbones.length, ...entries);
      changes.emit();
    },
    /** Goes away or comes back, and tells so. */
    become(next: ChainState) {
      state = next;
      changes.emit();
    },
    /** Reads fail, though the last look at the chain found it there. */
    breakReads(fail: boolean) {
      broken = fail;
    },
  };
}
