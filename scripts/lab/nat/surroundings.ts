/** Where a node stands towards the public network: the rows and columns of the matrix. */
export const surroundings = ["public", "cone", "symmetric", "double", "udp-blocked"] as const;
export type Surrounding = (typeof surroundings)[number];

export const explanations: Record<Surrounding, string> = {
  public: "on the public network itself",
  cone: "one NAT that keeps a socket's port whomever it talks to; strangers' packets are dropped",
  symmetric: "one NAT that takes another random port for each peer",
  double: "two NATs in a row, as cone each",
  "udp-blocked": "as cone, and no UDP passes",
};

/** The routers between a node and the public network, the outermost first, each by its rules. */
export const routersOf: Record<Surrounding, readonly string[]> = {
  public: [],
  cone: [rules({ masquerade: "" })],
  symmetric: [rules({ masquerade: "fully-random" })],
  double: [rules({ masquerade: "" }), rules({ masquerade: "" })],
  "udp-blocked": [rules({ masquerade: "", forward: "meta l4proto udp drop" })],
};

/**
 * A router's nftables rules. Linux keeps a source port where it is free, which with one machine behind each router makes
 * the mapping endpoint-independent (RFC 4787, section 4.1). What nobody asked for is dropped before it is tracked: an
 * entry for it would take the port that a later packet of ours needs, and no punch would work.
 */
function rules({ masquerade, forward = "" }: { masquerade: string; forward?: string }): string {
  return `
table ip6 nat {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" masquerade ${masquerade}
  }
}
table ip6 filter {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "wan" meta l4proto { tcp, udp } ct state != established drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "wan" ct state new drop
    ${forward}
  }
}
`;
}
