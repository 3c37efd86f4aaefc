import { PassThrough } from "node:stream";
import { expect } from "chai";
import { readExactly } from "../../../../../node/core/overlay/lanes/read-exactly.ts";
import { soon } from "../../../../harness/mesh.ts";

const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "read",
    ({ message }: Error) => message,
  );

describe("core/overlay/lanes/read-exactly", () => {
  it("takes its bytes and leaves what follows", async () => {
    const stream = new PassThrough();
    stream.write("abcdef");
    expect((await readExactly(stream, 1, soon())).toString()).to.equal("a");
    expect((await readExactly(stream, 3, soon())).toString()).to.equal("bcd");
    stream.end("g");
    expect(Buffer.concat(await stream.toArray()).toString()).to.equal("efg");
  });

  it("lets everything else go on while too few bytes are there", async () => {
    const stream = new PassThrough();
    const reading = readExactly(stream, 3, soon());
    for (const part of ["a", "b", "c"]) {
      stream.write(part);
      // Comes only once nothing is left to do for those bytes.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await reading).toString()).to.equal("abc");
  });

  it("gives up where the stream ends or fails before, or the signal aborts", async () => {
    for (const bytes of ["", "ab"]) {
      const stream = new PassThrough();
      const reading = messageOf(readExactly(stream, 3, soon()));
      stream.end(bytes);
      expect(await reading).to.equal("the stream ended too early");
      expect(await messageOf(readExactly(stream, 3, soon()))).to.equal("the stream ended too early");
    }
    const broken = new PassThrough();
    const reading = messageOf(readExactly(broken, 3, soon()));
    broken.destroy(new Error("broken"));
    expect(await reading).to.equal("broken");
    const stopping = new AbortController();
    const waiting = messageOf(readExactly(new PassThrough(), 3, stopping.signal));
    stopping.abort(new Error("enough"));
    expect(await waiting).to.equal("enough");
  });
});
