import { ShadowMeshError } from "../../errors.ts";
import type { Rung } from "../ladder/index.ts";
import { punchErrors } from "./errors.ts";
import { type Punch, timeoutMs } from "./punch.ts";

/** The rung for two nodes behind NATs: agreed on over the relayed connection that it takes the place of. */
export function createPunchedRung(punch: Pick<Punch, "attempt" | "port">): Rung {
  return {
    name: "punched",
    plan({ open }) {
      if (punch.port === null) return new ShadowMeshError(punchErrors.PUNCH_NO_UDP);
      if (open?.path !== "relayed") return new ShadowMeshError(punchErrors.PUNCH_NO_RELAYED);
      return [{ address: null, relay: () => null, timeoutMs, open: (signal) => punch.attempt(open, signal) }];
    },
  };
}
