import type { Hex } from "viem";
import { createChangeEmitter } from "../../node/core/change.ts";
import type { Registration } from "../../node/core/schema.ts";

export const registrationFor = (peerId: Hex, fields: Partial<Registration> = {}): Registration => ({
  peerId,
  nodeType: "light_public",
  region: "europe",
  operator: "0x00000000000000000000000000000000000000bB",
  bandwidthMbps: 100,
  stakeWei: "100000000000000000000",
  lastSeenMs: 1_700_000_000_000,
  active: true,
  ...fields,
});

/** What services ask of the membership, written by the test. */
export function createTestMembership(registration: Registration | null) {
  const changes = createChangeEmitter();
  let current = registration;
  return {
    onChange: changes.onChange,
    registration: () => current,
    joined: () => current?.active === true,
    session: () => null,
    set(next: Registration | null) {
      current = next;
      changes.emit();
    },
  };
}
