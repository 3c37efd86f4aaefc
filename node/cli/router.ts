import type { PortMapping } from "../core/schema.ts";

/** What the router before this node does for it, in a line. */
export function routerText({ protocol, externalHost, ports, reason }: PortMapping): string {
  if (reason !== null) return reason;
  if (protocol === null) return "looking for one";
  const pairs = ports.map(({ inside, outside }) => (inside === outside ? `${inside}` : `${outside} to ${inside}`));
  return `forwards ${pairs.join(" and ")} by ${protocol}, as ${externalHost ?? "it says soon"}`;
}
