import { defineConfig } from "drizzle-kit";

/** `drizzle-kit generate --config node/backbone/database/drizzle.config.ts --name <change>` after each schema change. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./node/backbone/database/schema.ts",
  out: "./node/backbone/database/migrations",
});
