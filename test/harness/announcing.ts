import { createChangeEmitter } from "../../node/core/change.ts";
import type { SignedRecord } from "../../node/core/records/index.ts";
import { createAnnouncer } from "../../node/services/discovery/index.ts";
import { silent } from "../node/api/fixture.ts";
import { recordOf, verifyAt } from "./identities.ts";
import { registrationFor } from "./membership.ts";
import type { MeshNode } from "./mesh.ts";

/** A node's announcer, with no backbone that can be reached: peers are told of moves without one. */
export function announcerOf({ identity, peerId, overlay }: MeshNode, onMoved: (signed: SignedRecord) => void) {
  const membership = createChangeEmitter();
  const away = () => Promise.reject(new Error("away"));
  return createAnnouncer({
    peerId,
    overlay,
    membership: {
      ...membership,
      joined: () => true,
      session: () => null,
      registration: () => registrationFor(peerId),
    } as never,
    backbone: { announce: away, lookup: away },
    relays: { addresses: () => [], ids: () => [], onChange: membership.onChange },
    servesRecord: true,
    sign: (input) => recordOf(identity, input),
    onMoved,
    verifyRecord: verifyAt(),
    now: Date.now,
    log: silent,
  });
}
