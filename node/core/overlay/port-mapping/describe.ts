import type { PortMapping as PortMappingTold } from "../../schema.ts";
import type { PortMapping } from "./port-mapping.ts";

/** What the router does for this node, as its owner is told. */
export function describePortMapping({
  protocol,
  externalHost,
  ports,
  hindrance,
}: ReturnType<PortMapping["status"]>): PortMappingTold {
  return {
    protocol,
    externalHost,
    ports: ports.map(({ protocol: transport, port, outside }) => ({ protocol: transport, inside: port, outside })),
    code: hindrance?.code ?? null,
    reason: hindrance && `${hindrance.message} ${hindrance.action}`,
  };
}
