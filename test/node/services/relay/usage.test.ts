import { expect } from "chai";
import type { Hex } from "viem";
import { createUsage } from "../../../../node/services/relay/usage.ts";

describe("services/relay/usage", () => {
  const peer = (n: number): Hex => `0x${n.toString(16).padStart(40, "0")}`;

  it("counts by client and in all, and says so", () => {
    const usage = createUsage();
    let changes = 0;
    usage.onChange(() => changes++);
    for (const [n, bytes] of [
      [1, 5],
      [2, 7],
      [1, 9],
    ] as const)
      usage.add(peer(n), bytes);
    expect([peer(1), peer(2), peer(3)].map(usage.bytesOf)).to.deep.equal([14, 7, 0]);
    expect(usage.totalBytes).to.equal(21);
    expect(changes).to.equal(3);
  });

  it("forgets who was relayed for longest ago, past ten thousand clients, and nothing of the total", () => {
    const usage = createUsage();
    for (let n = 1; n <= 10_000; n++) usage.add(peer(n), 1);
    usage.add(peer(1), 1);
    usage.add(peer(10_001), 1);
    expect(usage.clients.size).to.equal(10_000);
    expect([peer(1), peer(2), peer(10_001)].map(usage.bytesOf)).to.deep.equal([2, 0, 1]);
    expect(usage.totalBytes).to.equal(10_002);
  });
});
