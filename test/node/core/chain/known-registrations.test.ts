import { expect } from "chai";
import { createIsUnregistered, createRegistrationOf } from "../../../../node/core/chain/index.ts";
import type { Registration } from "../../../../node/core/schema.ts";

const peerId = `0x${"ab".repeat(20)}` as const;
const registration: Registration = {
  peerId,
  nodeType: "light_private",
  region: "europe",
  operator: `0x${"01".repeat(20)}`,
  bandwidthMbps: 10,
  stakeWei: "0",
  lastSeenMs: 0,
  active: true,
};

describe("core/chain/known-registrations", () => {
  const day = 24 * 60 * 60_000;
  let nowMs = 0;
  let asked = 0;
  let answer: () => Promise<Registration | null> = async () => registration;
  const chain = {
    state: "connected" as "connected" | "unreachable",
    nexus: {
      registrationOf() {
        asked++;
        return answer();
      },
    } as never,
  };

  beforeEach(() => {
    [nowMs, asked] = [0, 0];
    chain.state = "connected";
    answer = async () => registration;
  });

  it("lets what the contract said last stand in for a day while the chain is away", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    expect(await registrationOf(peerId)).to.equal(registration);
    chain.state = "unreachable";
    nowMs = day - 1;
    expect(await registrationOf(peerId)).to.equal(registration);
    nowMs = day;
    expect(await registrationOf(peerId)).to.equal(null);
  });

  it("asks once in half a minute of who is registered, however many want to know, and once in seconds of others", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    const asks = async () => {
      const before = asked;
      const answers = await Promise.all([registrationOf(peerId), registrationOf(peerId)]);
      answers.push(await registrationOf(peerId));
      expect(new Set(answers).size).to.equal(1);
      return asked - before;
    };
    expect(await asks()).to.equal(1);
    nowMs = 29_999;
    expect(await asks()).to.equal(0);
    nowMs = 30_000;
    answer = async () => null;
    expect(await asks()).to.equal(1);
    answer = async () => registration;
    nowMs = 34_999;
    expect(await asks()).to.equal(0);
    nowMs = 35_000;
    expect(await asks()).to.equal(1);
    expect(await registrationOf(peerId)).to.equal(registration);
  });

  it("keeps whom it knows, however many others are asked for", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    await registrationOf(peerId);
    answer = async () => null;
    for (let n = 0; n <= 10_000; n++) await registrationOf(`0x${n.toString(16).padStart(40, "0")}`);
    chain.state = "unreachable";
    expect(await registrationOf(peerId)).to.equal(registration);
  });

  it("knows nobody whom the contract did not name", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    chain.state = "unreachable";
    expect(await registrationOf(peerId)).to.equal(null);
  });

  it("forgets a node that the contract no longer names", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    await registrationOf(peerId);
    answer = async () => null;
    nowMs = 30_000;
    expect(await registrationOf(peerId)).to.equal(null);
    chain.state = "unreachable";
    expect(await registrationOf(peerId)).to.equal(null);
  });

  it("says that nobody registered a node where the contract says so, and of nobody while the chain is away", async () => {
    const isUnregistered = createIsUnregistered(
      chain,
      createRegistrationOf(chain, () => nowMs),
    );
    expect(await isUnregistered(peerId)).to.equal(false);
    answer = async () => null;
    const other = `0x${"cd".repeat(20)}` as const;
    expect(await isUnregistered(other)).to.equal(true);
    chain.state = "unreachable";
    expect(await isUnregistered(other)).to.equal(false);
  });

  it("answers from memory when the very read fails", async () => {
    const registrationOf = createRegistrationOf(chain, () => nowMs);
    await registrationOf(peerId);
    answer = async () => Promise.reject(new Error("gone"));
    nowMs = 30_000;
    expect(await registrationOf(peerId)).to.equal(registration);
  });
});
