import { expect } from "chai";
import { libp2pLog } from "../../../../node/core/overlay/libp2p-log.ts";

describe("core/overlay, the log of libp2p", () => {
  it("is one logger for all connections and streams, which writes nothing", () => {
    const log = libp2pLog({}).logger?.forComponent("libp2p:tcp");
    expect(log?.newScope("inbound:1")).to.equal(log);
    expect(log?.enabled).to.equal(false);
    expect(log?.trace("%p")).to.equal(undefined);
  });

  it("is libp2p's own where it is asked for", () => {
    expect(libp2pLog({ DEBUG: "libp2p:*" })).to.deep.equal({});
  });
});
