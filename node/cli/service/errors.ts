import { defineErrors } from "../../core/errors.ts";

export const serviceErrors = defineErrors({
  SERVICE_UNSUPPORTED: {
    status: 501,
    summary: "This platform's service manager is not known.",
    action: "Run `shadowmesh up` from the service manager that you use; it ends on SIGTERM.",
  },
  SERVICE_COMMAND_FAILED: {
    status: 500,
    summary: "The platform's service manager refused a command.",
    action: "See `details`; `--dry-run` shows the commands, to be run by hand.",
  },
});
