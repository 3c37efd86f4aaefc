import { defineErrors } from "../../core/errors.ts";

export const backupErrors = defineErrors({
  BACKUP_FILE_EXISTS: {
    status: 409,
    summary: "There is a file of this name: a backup never overwrites another.",
    action: "Give a name that is free, such as one with the date.",
  },
  BACKUP_UNREADABLE: {
    status: 404,
    summary: "The backup cannot be read.",
    action: "Check its path and permissions.",
  },
  BACKUP_DAMAGED: {
    status: 422,
    summary: "The backup is damaged or not complete, or it is none.",
    action: "Take another copy; nothing of this one was kept or restored.",
  },
  BACKUP_NEWER: {
    status: 409,
    summary: "The backup was made by a newer release than this one.",
    action: "Restore it with the release that made it, or a newer one.",
  },
  BACKUP_OF_ANOTHER_NETWORK: {
    status: 409,
    summary: "The backup is of a backbone of another network.",
    action:
      "Name its chain and contract in the configuration (`chain.chainId`, `chain.nexusAddress`), or take another backup.",
  },
  DATABASE_MISSING: {
    status: 404,
    summary: "No backbone has made its database here.",
    action: "Name the data folder by --data, or the PostgreSQL by DATABASE_URL.",
  },
  DATABASE_NOT_EMPTY: {
    status: 409,
    summary: "There is a backbone's data in the database, and a restore replaces all of it.",
    action: "Restore into an empty database, or back this one up and give --force.",
  },
  DATABASE_IN_USE: {
    status: 409,
    summary: "Backbones are at work on the database.",
    action: "Stop all of its instances first.",
  },
  DATABASE_NEWER: {
    status: 409,
    summary: "The database was last used by a newer release than this one.",
    action: "Update this release, then try again.",
  },
});
