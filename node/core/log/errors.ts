import { defineErrors } from "../errors.ts";

export const logErrors = defineErrors({
  LOG_FILE_UNWRITABLE: {
    status: 500,
    summary: "The file for the log cannot be written.",
    action:
      "Check `log.file` (`--log-file`): its folder, owner and permissions; without it the log goes to standard error.",
  },
});
