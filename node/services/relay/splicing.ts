import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import {
  type Meter,
  messages,
  type Overlay,
  overlayErrors,
  type SpliceAnswer,
  spliceProtocol,
} from "../../core/overlay/index.ts";

/** Requests of a peer that are answered at a time. */
const maxInboundRequests = 16;

export interface SplicingDeps {
  overlay: Pick<Overlay, "handle" | "unhandle" | "splices" | "dataPortFor">;
  /** Whether the peer may pass lanes through us. */
  mayPass(peerId: Hex): Promise<boolean>;
  meter: Meter;
  /** Whether a client has paid what it owes, or pays it when asked now; else it gets no ticket. */
  settle(client: Hex): Promise<boolean>;
}

/** Gives members the tickets with which two nodes meet at our data port. */
export interface Splicing {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function createSplicing({ overlay, mayPass, meter, settle }: SplicingDeps): Splicing {
  return {
    begin: () =>
      overlay.handle(
        spliceProtocol,
        async (stream, peer, signal) => {
          const port = overlay.dataPortFor(peer);
          if (port === null || !(await mayPass(peer.peerId))) throw new ShadowMeshError(overlayErrors.SPLICE_REFUSED);
          const answer = async (message: SpliceAnswer) => {
            await messages(stream).write(message, signal);
            await stream.close({ signal });
          };
          if (!(await settle(peer.peerId))) return answer({ refused: "PAYMENT_REQUIRED" });
          const tickets = overlay.splices.issue(peer.peerId, meter);
          if (tickets === null) throw new ShadowMeshError(overlayErrors.SPLICE_REFUSED);
          await answer({ port, ...tickets });
        },
        { maxInboundStreams: maxInboundRequests },
      ),
    async end() {
      await overlay.unhandle(spliceProtocol);
      overlay.splices.closeAll();
    },
  };
}
