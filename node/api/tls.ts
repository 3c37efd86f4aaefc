import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions, type SecureVersion } from "node:tls";
import type { Logger } from "pino";
import { ShadowMeshError } from "../core/errors.ts";
import type { Service } from "../core/service.ts";
import { serverErrors } from "./errors.ts";

const lookMs = 10_000;

export interface TlsConfig {
  /** PEM, the server's certificate first, then those that lead to its root. */
  certFile: string;
  /** PEM. */
  keyFile: string;
  minVersion: SecureVersion;
  /** How often the files are looked at. @default 10 s */
  lookMs?: number;
}

/** Certificate and key as they are in the files now. @throws TLS_FILES_INVALID */
export async function readTls({ certFile, keyFile, minVersion }: TlsConfig): Promise<SecureContextOptions> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    const options = { cert, key, minVersion };
    // Throws where a file holds something else, or the two do not belong together.
    createSecureContext(options);
    return options;
  } catch (cause) {
    throw new ShadowMeshError(serverErrors.TLS_FILES_INVALID, { cause, details: { certFile, keyFile } });
  }
}

/**
 * Takes a new certificate without a restart. The files are read again now and then: what renews them writes two, moves
 * links, or mounts another folder, and no event of the file system tells of all that.
 */
export function createTlsRenewal(
  config: TlsConfig,
  deps: { server: { setSecureContext(options: SecureContextOptions): void }; log: Logger },
): Service {
  let timer: NodeJS.Timeout | undefined;
  let known = "";
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    try {
      const options = await readTls(config);
      const text = `${options.cert}${options.key}`;
      if (text === known) return;
      if (known !== "") {
        deps.server.setSecureContext(options);
        deps.log.info({ certFile: config.certFile }, "the server has taken its new certificate");
      }
      known = text;
    } catch (error) {
      // Half of a renewal, perhaps: the old pair serves on.
      deps.log.warn({ err: error }, "the server keeps its certificate: what the files hold now can't be used");
    }
  }

  return {
    async start(signal) {
      signal.throwIfAborted();
      await look();
      timer = setInterval(() => {
        looking ??= look().finally(() => {
          looking = undefined;
        });
      }, config.lookMs ?? lookMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
