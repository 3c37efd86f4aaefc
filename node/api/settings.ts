import { z } from "zod";
import { defineErrors } from "../core/errors.ts";
import { route } from "./route.ts";

export const settingsErrors = defineErrors({
  SETTING_UNKNOWN: {
    status: 404,
    summary: "There is no such option.",
    action: "See docs/reference/config.md for every option.",
  },
  SETTING_FIXED: {
    status: 409,
    summary: "This option is set where it can't be changed from here.",
    action:
      "Change it where `details.source` says: in the command that starts the daemon, its environment, or config.yaml.",
  },
  SETTING_INVALID: {
    status: 400,
    summary: "The option does not take this value.",
    action: "See `details.reason`, and docs/reference/config.md for what it takes.",
  },
});

/** Where a value comes from; a flag of the command is stronger than the environment, and that than the file. */
export const settingSourceSchema = z.enum(["default", "file", "environment", "flag"]);

const settingSchema = z.object({
  section: z.string(),
  name: z.string(),
  /** The environment variable that sets it. */
  variable: z.string(),
  /** What it does, in a sentence. */
  meaning: z.string(),
  /** What it takes, as JSON Schema; `live` where a change holds at once. */
  schema: z.record(z.string(), z.unknown()),
  default: z.unknown(),
  /** With which the daemon runs; of a secret, whether there is one. */
  value: z.unknown(),
  /** With which it will run when it is started again; likewise. */
  next: z.unknown(),
  source: settingSourceSchema,
  secret: z.boolean(),
  /** Whether it can be changed from here: no secret, and nothing that a stronger source than the file sets. */
  editable: z.boolean(),
});
export type Setting = z.output<typeof settingSchema>;

const optionSchema = z.object({ section: z.string().max(64), name: z.string().max(64) });

export const settingsRoutes = {
  settings: route({
    method: "GET",
    path: "/api/settings",
    access: "owner",
    summary: "Every option of this daemon: what it does and takes, its value, and where that comes from.",
    input: z.object({}),
    output: z.object({ path: z.string(), settings: z.array(settingSchema) }),
    errors: [],
  }),
  changeSetting: route({
    method: "PUT",
    path: "/api/settings",
    access: "owner",
    summary:
      "Writes an option to config.yaml; the daemon runs with it once it is started again, or at once where it is `live`.",
    input: optionSchema.extend({ value: z.unknown() }),
    output: settingSchema,
    errors: [settingsErrors.SETTING_UNKNOWN, settingsErrors.SETTING_FIXED, settingsErrors.SETTING_INVALID],
  }),
  resetSetting: route({
    method: "DELETE",
    path: "/api/settings",
    access: "owner",
    summary:
      "Takes an option out of config.yaml: from the next start, or at once where it is `live`, its default holds.",
    input: optionSchema,
    output: settingSchema,
    errors: [settingsErrors.SETTING_UNKNOWN, settingsErrors.SETTING_FIXED, settingsErrors.SETTING_INVALID],
  }),
};
