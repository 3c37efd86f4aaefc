export {
  createFileAtomically,
  placeFolder,
  readFileIfPresent,
  toStoreError,
  writeFileAtomically,
} from "./atomic-file.ts";
export { storeErrors } from "./errors.ts";
export { type FolderLock, lockFolder } from "./folder-lock.ts";
export { createJsonFile, type JsonFile } from "./json-file.ts";
export { toSqliteError } from "./sqlite-error.ts";
