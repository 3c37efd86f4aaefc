import { tryGetNetConfig } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import { ShadowMeshError } from "../errors.ts";
import type { OverlayConfig } from "./config.ts";
import { overlayErrors } from "./errors.ts";

/** libp2p tells in one text what failed: a line for each address. */
export function toListenError(cause: unknown, listen: readonly string[]): ShadowMeshError {
  const failed = [...String(cause).matchAll(/^ {2}(\/\S+): (?:Error: )?(.+)$/gm)];
  const what = failed.map(([, address, reason]) => `${address} (${reason})`).join(", ");
  return new ShadowMeshError(overlayErrors.LISTEN_FAILED, {
    ...(failed.length === 0 ? {} : { message: `The overlay cannot listen on ${what}.` }),
    details: { listen: failed.length === 0 ? listen : failed.map(([, address]) => address) },
    cause,
  });
}

/** The host that libp2p listens on, and a port beside it; null for a node that only dials out. */
export function portAddress({ listen }: OverlayConfig, port: number | null) {
  const host = listen.map((address) => tryGetNetConfig(multiaddr(address))?.host).find((name) => name !== undefined);
  return host === undefined || port === null ? null : { host, port };
}
