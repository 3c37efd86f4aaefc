import type { ComponentLogger, Logger } from "@libp2p/interface";

const silent: Logger = Object.assign(() => undefined, {
  enabled: false,
  error: () => undefined,
  trace: () => undefined,
  newScope: () => silent,
});

/**
 * libp2p's logger, of which it makes one for each connection, muxer and stream, of some kilobytes each even where nothing is
 * written: here one serves all. With DEBUG set (`DEBUG=libp2p:*`), it is libp2p's own.
 */
export const libp2pLog = (env = process.env): { logger?: ComponentLogger } =>
  env.DEBUG === undefined ? { logger: { forComponent: () => silent } } : {};
