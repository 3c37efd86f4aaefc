import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Meter, messages, type Overlay, overlayErrors, spliceProtocol } from "../../core/overlay/index.ts";

/** Requests of a peer that are answered at a time. */
const maxInboundRequests = 16;

export interface SplicingDeps {
  overlay: Pick<Overlay, "handle" | "unhandle" | "splices" | "dataPort">;
  /** Whether the peer may pass lanes through us. */
  mayPass(peerId: Hex): Promise<boolean>;
  meter: Meter;
}

/** Gives members the tickets with which two nodes meet at our data port. */
export interface Splicing {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function createSplicing({ overlay, mayPass, meter }: SplicingDeps): Splicing {
  return {
    begin: () =>
      overlay.handle(
        spliceProtocol,
        async (stream, peer, signal) => {
          const { dataPort } = overlay;
          if (dataPort === null || !(await mayPass(peer.peerId)))
            throw new ShadowMeshError(overlayErrors.SPLICE_REFUSED);
          const tickets = overlay.splices.issue(peer.peerId, meter);
          if (tickets === null) throw new ShadowMeshError(overlayErrors.SPLICE_REFUSED);
          await messages(stream).write({ port: dataPort, ...tickets }, signal);
          await stream.close({ signal });
        },
        { maxInboundStreams: maxInboundRequests },
      ),
    async end() {
      await overlay.unhandle(spliceProtocol);
      overlay.splices.closeAll();
    },
  };
}
