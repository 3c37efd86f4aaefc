import { expect } from "chai";
import { chainErrors } from "../../../../node/core/chain/index.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { createProgress, membershipErrors } from "../../../../node/services/membership/index.ts";
import { identityOf } from "../../../harness/identities.ts";
import { registrationFor } from "../../../harness/membership.ts";
import { createClock } from "../../api/fixture.ts";

type Input = Parameters<ReturnType<typeof createProgress>>[0];

const registration = registrationFor(identityOf(1).peerId);
const session = { peerId: identityOf(2).peerId, url: "https://b.example" };
const announcement = { sequence: 1, dhtServers: { regional: 0, global: 2 }, found: true };
const chainFailure = new ShadowMeshError(chainErrors.WRONG_CHAIN);
const failure = new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE);
const blank: Input = {
  registration: null,
  chainFailure: null,
  joined: false,
  reachable: true,
  verified: true,
  session: null,
  failure: null,
  announcement: null,
  announceFailure: null,
};
const whole: Input = { ...blank, registration, joined: true, session, announcement };

const states = (input: Partial<Input>, base = blank) =>
  createProgress(Date.now)({ ...base, ...input })
    .map(({ state }) => state)
    .join(" ");

describe("services/membership/progress", () => {
  it("has four steps, in the order in which a node takes them", () => {
    const steps = createProgress(Date.now)(blank).map(({ step }) => step);
    expect(steps).to.deep.equal(["registered", "joined", "authenticated", "found"]);
  });

  it("tells where a node stands", () => {
    expect(states({})).to.equal("waiting waiting waiting waiting");
    expect(states({ chainFailure })).to.equal("failed waiting waiting waiting");
    expect(states({ registration })).to.equal("done active waiting waiting");
    expect(states({ registration, failure })).to.equal("done failed waiting waiting");
    expect(states({ registration, joined: true, session })).to.equal("done done done active");
    expect(states({ registration, joined: true, session, announceFailure: failure })).to.equal("done done done failed");
    expect(states({ announcement: { ...announcement, found: false } }, whole)).to.equal("done done done active");
    expect(states({ reachable: false, announcement: null }, whole)).to.equal("done done done active");
    expect(states({}, whole)).to.equal("done done done done");
    expect(states({ registration: { ...registration, active: false } })).to.equal("failed waiting waiting waiting");
  });

  it("stays registered while the chain is away", () => {
    expect(states({ chainFailure }, whole)).to.equal("done done done done");
  });

  it("says in a sentence what was seen, and names the code of what failed", () => {
    const [registered, , , found] = createProgress(Date.now)(whole);
    expect(registered?.detail).to.equal("Registered as a public node in Europe.");
    expect(found?.detail).to.include("2 DHT servers, and 0 in the DHT of its region");
    const one = createProgress(Date.now)({
      ...whole,
      announcement: { ...announcement, dhtServers: { regional: 1, global: 1 } },
    })[3];
    expect(one?.detail).to.include("1 DHT server, and 1 in the DHT of its region").and.to.not.include("verified");
    const unverified = createProgress(Date.now)({ ...whole, verified: false })[3];
    expect(unverified?.detail).to.include("2 DHT servers").and.to.include("not verified");
    expect(createProgress(Date.now)({ ...blank, chainFailure })[0]).to.deep.include({
      errorCode: "WRONG_CHAIN",
      detail: "The RPC endpoint serves another chain than the configured one. It keeps trying.",
    });
    for (const input of [blank, whole, { ...blank, registration, failure }, { ...blank, chainFailure }]) {
      for (const step of createProgress(Date.now)(input)) {
        expect(step.detail).to.match(/^[A-Z].*\.$/);
        expect(step.errorCode !== null).to.equal(step.state === "failed");
      }
    }
  });

  it("remembers when each step reached its state, and not when it was last asked", () => {
    const clock = createClock(1_000);
    const progress = createProgress(clock.now);
    progress({ ...blank, registration });
    clock.advance(50);
    progress(whole);
    clock.advance(50);
    const times = progress(whole).map(({ atMs }) => atMs);
    expect(times).to.deep.equal([1_000, 1_050, 1_050, 1_050]);
    clock.advance(50);
    expect(progress(blank).map(({ atMs }) => atMs)).to.deep.equal([null, null, null, null]);
  });
});
