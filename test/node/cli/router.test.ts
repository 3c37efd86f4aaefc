import { expect } from "chai";
import { routerText } from "../../../node/cli/router.ts";

describe("cli/router", () => {
  it("tells which ports a router forwards, by what, and as which address", () => {
    const ports = [
      { protocol: "tcp", inside: 4100, outside: 4100 },
      { protocol: "tcp", inside: 4102, outside: 20_002 },
      { protocol: "udp", inside: 4103, outside: 4103 },
    ] as const;
    const mapped = { protocol: "NAT-PMP", externalHost: "192.0.2.1", code: null, reason: null } as const;
    expect(routerText({ ...mapped, ports: [...ports] })).to.equal(
      "forwards 4100, 20002 to 4102, 4103 (UDP) by NAT-PMP, as 192.0.2.1",
    );
    expect(routerText({ protocol: null, externalHost: null, ports: [], code: null, reason: null })).to.equal(
      "looking for one",
    );
    const reason = "The router does not forward the ports.";
    expect(routerText({ ...mapped, ports: [...ports], code: "MAPPING_REFUSED", reason })).to.equal(reason);
  });
});
