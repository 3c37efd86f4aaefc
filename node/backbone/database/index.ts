export { createDatabase, type Database, type DatabaseConfig } from "./database.ts";
export { type Db, locks } from "./driver.ts";
export { challenges, nodes, records, signingKeys } from "./schema.ts";
