import type { NodeStatus } from "../../../node/api/daemon.ts";
import { portMappingErrors } from "../../../node/core/overlay/port-mapping/errors.ts";

/** How others will reach a machine, best first; `unknown` while the daemon finds out. */
export type Rung = "direct" | "relayed" | "unknown";

export interface RungFound {
  rung: Rung;
  /** Others have reached it so; what is not seen is expected. */
  seen: boolean;
  why: Why;
}

/** For the page to say as a sentence. */
export type Why =
  | { reason: "dialled" }
  | { reason: "relays"; relays: number }
  | { reason: "forwarded"; protocol: string; externalHost: string }
  | { reason: "public-address"; address: string }
  | { reason: "router"; sentence: string }
  | { reason: "no-address" }
  | { reason: "looking" };

/** Which rung of the ladder a machine gets, of what its daemon knows about it now. */
export function findRung(overlay: NodeStatus["overlay"]): RungFound {
  const { reachability, relays, addresses, portMapping } = overlay;
  if (reachability === "direct") return { rung: "direct", seen: true, why: { reason: "dialled" } };
  if (relays.length > 0) return { rung: "relayed", seen: true, why: { reason: "relays", relays: relays.length } };
  const expected = (rung: Rung, why: Why): RungFound => ({ rung, seen: false, why });
  const { protocol, externalHost, code, reason } = portMapping;
  if (protocol !== null && externalHost !== null && reason === null)
    return expected("direct", { reason: "forwarded", protocol, externalHost });
  const reachable = addresses.find(isPublic);
  if (reachable !== undefined) return expected("direct", { reason: "public-address", address: reachable });
  // On no public address, and on no private one either: on this machine alone.
  if (addresses.length === 0 || code === portMappingErrors.MAPPING_NOT_NEEDED.code)
    return expected("relayed", { reason: "no-address" });
  return reason === null
    ? expected("unknown", { reason: "looking" })
    : expected("relayed", { reason: "router", sentence: reason });
}

/** Not routed on the internet: RFC 1918, 6598, 3927, 4193, 4291, and this machine itself. */
const privateHosts =
  /^\/(ip4\/(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|ip6\/(::1?\/|f[cd]|fe[89ab]))/i;

function isPublic(multiaddr: string): boolean {
  return /^\/(ip4|ip6|dns4|dns6|dns)\//.test(multiaddr) && !privateHosts.test(multiaddr);
}
