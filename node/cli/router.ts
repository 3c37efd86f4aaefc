import type { PortMapping } from "../core/schema.ts";

/** What the router before this node does for it, in a line. */
export function routerText({ protocol, externalHost, ports, reason }: PortMapping): string {
  if (reason !== null) return reason;
  if (protocol === null) return "looking for one";
  const pairs = ports.map(({ protocol: transport, inside, outside }) => {
    const name = transport === "udp" ? `${inside} (UDP)` : `${inside}`;
    return inside === outside ? name : `${outside} to ${name}`;
  });
  return `forwards ${pairs.join(", ")} by ${protocol}, as ${externalHost ?? "it says soon"}`;
}
