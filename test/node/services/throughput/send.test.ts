import { createHash } from "node:crypto";
import { Duplex } from "node:stream";
import { expect } from "chai";
import { chunkBytes, encodeLength, lengthBytes } from "../../../../node/services/throughput/protocol.ts";
import { sendTransfer } from "../../../../node/services/throughput/send.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { soon } from "../../../harness/mesh.ts";

/** A lane whose far end answers after so many bytes, and which is done with that write only once the answer was read. */
function newLane(answerAfter: number): Duplex {
  const received: Buffer[] = [];
  let answered = false;
  return new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      received.push(chunk);
      const all = Buffer.concat(received);
      if (answered || all.length < lengthBytes + answerAfter) return done();
      answered = true;
      const body = all.subarray(lengthBytes);
      this.push(Buffer.concat([encodeLength(body.length), createHash("sha256").update(body).digest()]));
      // By the next turn the answer has been read.
      setImmediate(() => setImmediate(done));
    },
  });
}

describe("services/throughput/send", () => {
  it("takes the answer also where it is there before the last write is done", async () => {
    const bytes = 3 * chunkBytes;
    const transfer = await sendTransfer(newLane(bytes), bytes, soon());
    expect(transfer.bytes).to.equal(bytes);
  });

  it("takes none that comes before the last byte was sent", async () => {
    await expectCode(sendTransfer(newLane(chunkBytes), 3 * chunkBytes, soon()), "TRANSFER_CORRUPT");
  });
});
