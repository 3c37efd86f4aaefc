import { daemonRoutes } from "../../node/api/daemon.ts";
import { connectDaemon } from "../../node/api-key.ts";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { type FolderLock, lockFolder, storeErrors } from "../../node/core/store/index.ts";

/**
 * Holds a network's folder for this process alone: a second network on it would write the first one's chain, ports and
 * configurations. The lock goes with the process, however that ends.
 *
 * @throws Error that says where the one that runs is
 */
export async function holdNetwork(folder: string, newcomerFolder: string): Promise<FolderLock> {
  try {
    return lockFolder(folder);
  } catch (cause) {
    if (!ShadowMeshError.is(cause, storeErrors.DATA_FOLDER_IN_USE)) throw cause;
    const url = await guiOf(newcomerFolder);
    const where =
      url === null
        ? "it is starting or stopping, and its GUI does not answer"
        : `its GUI is at ${url}, and Ctrl-C in its terminal stops it`;
    throw new Error(`a mesh runs in ${folder} already: ${where}`, { cause });
  }
}

/** Where the newcomer's node serves the GUI; null while it does not answer. */
async function guiOf(folder: string): Promise<string | null> {
  try {
    const { url, client } = await connectDaemon(folder);
    await client.call(daemonRoutes.health, {});
    return url;
  } catch {
    return null;
  }
}
