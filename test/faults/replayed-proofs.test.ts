import { expect } from "chai";
import { backboneUrls, faultMesh, mendMs, ofType } from "./fixture.ts";
import { answerChallenge, present } from "./sign-in.ts";

describe("faults: replayed proofs", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();

  it("nobody gets in by an answer that got its node in before, nor by one for another backbone", async () => {
    const network = mesh();
    const [first = "", second = ""] = await backboneUrls(network);
    expect(second).to.not.equal("");
    const [name = "", other = ""] = ofType(network, "light_private");
    const answer = await answerChallenge(first, network.node(name));
    // Who overhears an answer on its way to one backbone can't use it at another.
    expect(await present(second, answer)).to.equal("CHALLENGE_UNKNOWN");
    expect(await present(first, answer)).to.equal(null);
    expect(await present(first, answer)).to.equal("CHALLENGE_UNKNOWN");
    // Nor does one node's signature get another one in.
    const theirs = await answerChallenge(first, network.node(other));
    const { signature, public_key, node_address } = answer;
    expect(await present(first, { ...theirs, signature })).to.equal("SIGNATURE_INVALID");
    const anew = await answerChallenge(first, network.node(other));
    expect(await present(first, { ...anew, signature, public_key, node_address })).to.equal("PEER_ID_MISMATCH");
  });
});
