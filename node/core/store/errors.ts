import { defineErrors } from "../errors.ts";

export const storeErrors = defineErrors({
  DISK_FULL: {
    status: 507,
    summary: "The disk is full: nothing was written, and what stood there still stands.",
    action: "Free some space in the data folder's file system, then try again.",
  },
  DATA_FOLDER_UNWRITABLE: {
    status: 500,
    summary: "The data folder cannot be written.",
    action: "Check its owner and permissions, or choose another with --data.",
  },
  DATA_FOLDER_IN_USE: {
    status: 409,
    summary: "Another daemon runs on this data folder.",
    action: "Stop it (`shadowmesh stop`), or choose another folder with --data.",
  },
});
