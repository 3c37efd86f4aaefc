import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "viem";
import { stringify } from "yaml";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { createIdentityFile, type Identity, identityErrors, readIdentityFile } from "../../node/core/identity/index.ts";

export interface NodeFolderConfig {
  chain: { rpcUrl: string; nexusAddress: Address };
  /** null for a node that nobody can dial. */
  overlayPort: number | null;
  apiPort: number;
  backbonePort?: number;
}

/** Makes a node's data folder with its identity, or takes the one that is there, and writes its configuration. */
export async function prepareNodeFolder(folder: string, config: NodeFolderConfig): Promise<Identity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { overlayPort, apiPort, backbonePort } = config;
  const values = {
    chain: { ...config.chain, chainId: 31337, pollIntervalMs: 500 },
    overlay: { listen: overlayPort === null ? [] : [`/ip4/127.0.0.1/tcp/${overlayPort}`] },
    api: { port: apiPort },
    ...(backbonePort === undefined ? {} : { backbone: { enabled: true, host: "127.0.0.1", port: backbonePort } }),
  };
  await writeFile(join(folder, "config.yaml"), `# Written by npm start at each start.\n${stringify(values)}`);
  try {
    return (await readIdentityFile(folder)).identity;
  } catch (error) {
    if (!ShadowMeshError.is(error, identityErrors.IDENTITY_MISSING)) throw error;
    return (await createIdentityFile(folder)).identity;
  }
}
