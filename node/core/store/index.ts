export { createFileAtomically, readFileIfPresent, toStoreError, writeFileAtomically } from "./atomic-file.ts";
export { storeErrors } from "./errors.ts";
export { type FolderLock, lockFolder } from "./folder-lock.ts";
