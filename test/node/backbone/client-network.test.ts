import { expect } from "chai";
import { networkOf } from "../../../node/backbone/client-network.ts";

describe("backbone/client-network", () => {
  for (const [address, network] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0db8:0000:0000:ffff::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ] as const) {
    it(`counts ${address} as ${network}`, () => {
      expect(networkOf(address)).to.equal(network);
    });
  }
});
