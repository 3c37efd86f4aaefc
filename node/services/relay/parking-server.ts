import type { PeerId } from "@libp2p/interface";
import { messages, type Overlay, type ParkAnswer, parkProtocol } from "../../core/overlay/index.ts";

export interface ParkingServerDeps {
  overlay: Pick<Overlay, "handle" | "unhandle" | "parked" | "dataPortFor">;
}

/** Gives clients the tickets with which they wait at our data port. */
export interface ParkingServer {
  begin(mayPark: (client: PeerId) => boolean): Promise<void>;
  end(): Promise<void>;
}

export function createParkingServer({ overlay }: ParkingServerDeps): ParkingServer {
  return {
    async begin(mayPark) {
      overlay.parked.serve(mayPark);
      await overlay.handle(
        parkProtocol,
        async (stream, peer, signal) => {
          const port = overlay.dataPortFor(peer);
          const ticket = port === null ? null : overlay.parked.issue(peer);
          if (port === null || ticket === null) throw new Error("it may not park");
          await messages(stream).write({ port, ticket } satisfies ParkAnswer, signal);
          await stream.close({ signal });
        },
        { maxInboundStreams: 2 },
      );
    },
    async end() {
      await overlay.unhandle(parkProtocol);
      overlay.parked.serve(null);
    },
  };
}
