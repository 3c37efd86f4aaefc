import { expect } from "chai";
import { reachability } from "../../node/status.ts";

const node = { nodeType: "light_public", addresses: 1, dialled: false, relays: 0 };

describe("status", () => {
  it("calls a node direct only once somebody has connected to it", () => {
    expect(reachability(node)).to.equal("unverified");
    expect(reachability({ ...node, dialled: true })).to.equal("direct");
    expect(reachability({ ...node, nodeType: "backbone_auth" })).to.equal("unverified");
  });

  it("calls a node that counts on relays by them, and one without either not reachable", () => {
    expect(reachability({ ...node, nodeType: "light_private", dialled: true })).to.equal("none");
    expect(reachability({ ...node, nodeType: "light_private", relays: 2 })).to.equal("relayed");
    expect(reachability({ ...node, addresses: 0, relays: 1 })).to.equal("relayed");
    expect(reachability({ ...node, nodeType: undefined })).to.equal("none");
  });
});
