import { existsSync } from "node:fs";
import type { Logger } from "pino";
import { ShadowMeshError } from "../../core/errors.ts";
import { type DatabaseConfig, embeddedFolder, openDriver } from "../database/database.ts";
import { toDatabaseError } from "../database/failure.ts";
import type { Db } from "../database/index.ts";
import { backupErrors } from "./errors.ts";

/**
 * Works on a backbone's database that no daemon of this folder has open, with the tables that it has.
 *
 * @throws DATABASE_MISSING where there is none and none is to be made, DATABASE_UNAVAILABLE, DISK_FULL
 */
export async function withDatabase<T>(
  config: DatabaseConfig & { make: boolean },
  deps: { log: Logger },
  work: (db: Db) => Promise<T>,
): Promise<T> {
  if (config.url === null && !config.make && !existsSync(embeddedFolder(config.dataFolder))) {
    throw new ShadowMeshError(backupErrors.DATABASE_MISSING, { details: { folder: config.dataFolder } });
  }
  try {
    const driver = await openDriver(config, deps.log);
    try {
      return await work(driver.db);
    } finally {
      await driver.close();
    }
  } catch (error) {
    throw toDatabaseError(error);
  }
}
