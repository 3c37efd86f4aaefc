import { once } from "node:events";
import type { Socket } from "node:net";
import { expect } from "chai";
import type { Hex } from "viem";
import { createSplices } from "../../../../../node/core/overlay/lanes/splices.ts";
import type { Meter } from "../../../../../node/core/overlay/meter.ts";
import { loopbackSockets } from "../../../../harness/loopback-sockets.ts";
import { until } from "../../../../harness/until.ts";

const alice: Hex = `0x${"a1".repeat(20)}`;
const bob: Hex = `0x${"b0".repeat(20)}`;
const unmetered = () => undefined;

describe("core/overlay/lanes/splices", () => {
  const newSocket = loopbackSockets({ allowHalfOpen: true });

  async function join(splices = createSplices({ perClient: 2, total: 3 }), meter: Meter = unmetered) {
    const pair = splices.issue(alice, meter);
    if (pair === null) throw new Error("no tickets");
    const [near, far] = [await newSocket(), await newSocket()];
    splices.accept(pair.near, near.relay);
    splices.accept(pair.far, far.relay);
    return { splices, near: near.client, far: far.client };
  }

  const readAll = async (socket: Socket) => {
    const parts: Buffer[] = [];
    for await (const part of socket.iterator({ destroyOnReturn: false })) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it("passes bytes and ends both ways, what came before the other end too", async () => {
    const splices = createSplices({ perClient: 2, total: 3 });
    const pair = splices.issue(alice, unmetered);
    const [near, far] = [await newSocket(), await newSocket()];
    splices.accept(pair?.near ?? "", near.relay);
    near.client.end("said before the other came");
    splices.accept(pair?.far ?? "", far.relay);
    expect(await readAll(far.client)).to.equal("said before the other came");
    far.client.end("an answer after the end");
    expect(await readAll(near.client)).to.equal("an answer after the end");
    await until(
      () => splices.count,
      (count) => count === 0,
    );
  });

  it("counts each byte of both directions for the client that asked", async () => {
    const counted: [Hex, number][] = [];
    const { near, far } = await join(undefined, (client: Hex, bytes: number) => void counted.push([client, bytes]));
    near.end("12345");
    expect(await readAll(far)).to.equal("12345");
    far.end("678");
    expect(await readAll(near)).to.equal("678");
    expect(new Set(counted.map(([client]) => client))).to.deep.equal(new Set([alice]));
    expect(counted.reduce((sum, [, bytes]) => sum + bytes, 0)).to.equal(8);
  });

  it("waits for the meter, and for an end that does not read", async () => {
    let letGo = () => {};
    let measured = 0;
    const { near, far } = await join(undefined, (_: Hex, bytes: number) => {
      measured += bytes;
      return new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    const total = 4 * 2 ** 20;
    near.end(Buffer.alloc(total));
    far.on("data", () => undefined);
    await until(() => measured > 0);
    const held = measured;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(measured).to.equal(held);
    expect(held).to.be.lessThan(total);
    const ticking = setInterval(() => letGo(), 1);
    await until(
      () => measured,
      (bytes) => bytes === total,
    );
    clearInterval(ticking);
  });

  it("passes what the meter held on after its sender has closed, and the end after it", async () => {
    const letGo: (() => void)[] = [];
    const { near, far, splices } = await join(undefined, () => new Promise<void>((resolve) => letGo.push(resolve)));
    const closed = once(near.resume(), "close");
    near.end("the last words");
    far.end();
    await until(() => letGo.length === 1);
    await closed;
    letGo[0]?.();
    expect(await readAll(far)).to.equal("the last words");
    await until(
      () => splices.count,
      (count) => count === 0,
    );
  });

  it("takes a ticket once, and none that it did not issue", async () => {
    const splices = createSplices({ perClient: 2, total: 3 });
    const pair = splices.issue(alice, unmetered);
    const [first, second, third] = [await newSocket(), await newSocket(), await newSocket()];
    splices.accept(pair?.near ?? "", first.relay);
    splices.accept(pair?.near ?? "", second.relay);
    splices.accept("00".repeat(32), third.relay);
    expect(second.relay.destroyed).to.equal(true);
    expect(third.relay.destroyed).to.equal(true);
    expect(first.relay.destroyed).to.equal(false);
  });

  it("issues only so many to a client, and in all", async () => {
    const splices = createSplices({ perClient: 2, total: 3 });
    expect(splices.issue(alice, unmetered)).not.to.equal(null);
    expect(splices.issue(alice, unmetered)).not.to.equal(null);
    expect(splices.issue(alice, unmetered)).to.equal(null);
    expect(splices.issue(bob, unmetered)).not.to.equal(null);
    expect(splices.issue(bob, unmetered)).to.equal(null);
    splices.close(alice);
    expect(splices.issue(bob, unmetered)).not.to.equal(null);
    splices.closeAll();
    expect(splices.count).to.equal(0);
  });

  it("ends the other end when one fails, and all of a client that loses its right", async () => {
    const { near, far, splices } = await join();
    near.resetAndDestroy();
    far.resume();
    await once(far, "end");
    expect(splices.count).to.equal(0);
    const again = await join(splices);
    const ends = [again.near, again.far].map((socket) => once(socket.resume(), "end"));
    splices.close(alice);
    await Promise.all(ends);
    expect(splices.count).to.equal(0);
  });
});
