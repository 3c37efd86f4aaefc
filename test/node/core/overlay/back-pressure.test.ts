import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isStartable, type Stream } from "@libp2p/interface";
import { expect } from "chai";
import { maxReadBufferBytes, maxWindowBytes } from "../../../../node/core/overlay/back-pressure.ts";
import type { PeerConnection } from "../../../../node/core/overlay/index.ts";
import { circuitAddress, createMesh, soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";
const mebibyte = 2 ** 20;
const totalBytes = 128 * mebibyte;
/**
 * What sender, relay and receiver may hold between them while nobody reads: per hop a window in flight and a read
 * buffer, and what the sockets of the system take. A third of what is sent, so that a leak can't pass.
 */
const heldBytes = totalBytes / 3;
const chunk = Buffer.alloc(mebibyte, "the quick brown fox ");

/** Moving so many bytes through three nodes in one process takes a while where the machine is busy with other work. */
const busyMs = 180_000;
const untilDone = <T>(ask: () => T) => until(ask, Boolean, busyMs);

describe("core/overlay/back-pressure", function () {
  this.timeout(2 * busyMs);
  const newNode = createMesh();

  /** Two nodes, the second reached directly or through a third, and its end of a stream that the first opened. */
  async function newStreams(path: "direct" | "relayed") {
    const receiver = await newNode(2, path === "direct" ? {} : { listen: [] });
    const sender = await newNode(3);
    let connection: PeerConnection;
    if (path === "direct") connection = await sender.overlay.connect(await receiver.record(), soon());
    else {
      const relay = await newNode(1, { mayReserve: async () => true });
      const server = relay.overlay.circuit.createServer({ maxReservations: 8 }, () => undefined);
      if (isStartable(server)) await server.start();
      const toRelay = await receiver.overlay.connect(await relay.record(), soon());
      await receiver.overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
      const record = await receiver.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });
      connection = await sender.overlay.connect(record, soon());
    }
    expect(connection.path).to.equal(path);
    let far: Stream | undefined;
    await receiver.overlay.handle(
      protocol,
      async (stream) => {
        stream.pause();
        far = stream;
      },
      { maxInboundStreams: 1 },
    );
    const near = await connection.open(protocol, soon());
    return { near, far: await untilDone(() => far) };
  }

  for (const path of ["direct", "relayed"] as const) {
    it(`holds a sender back until the receiver reads, ${path}, and loses nothing`, async () => {
      const { near, far } = await newStreams(path);
      const before = bufferedBytes();
      let sentBytes = 0;
      const sending = sendAll(near, (bytes) => {
        sentBytes += bytes;
      });
      await untilDone(() => sentBytes > 0);
      await settled(() => sentBytes);
      expect(sentBytes, "sent to one who does not read").to.be.lessThan(heldBytes);
      expect(bufferedBytes() - before, "held in memory").to.be.lessThan(heldBytes);

      const hash = createHash("sha256");
      let receivedBytes = 0;
      let mostHeld = 0;
      far.addEventListener("message", ({ data }) => {
        hash.update(data instanceof Uint8Array ? data : data.subarray());
        receivedBytes += data.byteLength;
        if (receivedBytes > totalBytes / 2 && mostHeld === 0) mostHeld = bufferedBytes() - before;
      });
      far.resume();
      await sending;
      await untilDone(() => receivedBytes === totalBytes);
      expect(hash.digest("hex")).to.equal(expectedHash());
      expect(mostHeld, "held half-way").to.be.lessThan(heldBytes);
    });
  }

  it("lets go of a sender that waits when the receiver goes away", async () => {
    const { near, far } = await newStreams("relayed");
    const sending = sendAll(near, () => undefined);
    await untilDone(() => near.writableNeedsDrain);
    far.abort(new Error("no more, thank you"));
    const error = await sending.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).to.be.instanceOf(Error);
  });

  it("can buffer all that may be in flight when it stops reading", () => {
    expect(maxReadBufferBytes).to.be.at.least(2 * maxWindowBytes);
  });
});

async function sendAll(stream: Stream, onSent: (bytes: number) => void): Promise<void> {
  for (let at = 0; at < totalBytes; at += chunk.length) {
    if (!stream.send(chunk)) await stream.onDrain();
    onSent(chunk.length);
  }
}

function expectedHash(): string {
  const hash = createHash("sha256");
  for (let at = 0; at < totalBytes; at += chunk.length) hash.update(chunk);
  return hash.digest("hex");
}

/** Resolves when the value has stood still for a while: too early on a slow machine, which only makes it smaller. */
async function settled(value: () => number): Promise<void> {
  for (let last = -1; last !== value(); ) {
    last = value();
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

/** Bytes of all ArrayBuffers that are still reachable. */
function bufferedBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  // What the first has found is given back by another thread, which the second waits for.
  collect();
  return process.memoryUsage().arrayBuffers;
}
