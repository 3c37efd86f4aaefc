import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "viem";
import { stringify } from "yaml";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { createIdentityFile, type Identity, identityErrors, readIdentityFile } from "../../node/core/identity/index.ts";
import { createWelcomeStore, unseen } from "../../node/welcome/index.ts";

export interface NodeFolderConfig {
  chain: {
    rpcUrl: string;
    nexusAddress: Address;
    relayPaymentsAddress: Address;
    auditAnchorsAddress: Address;
    pollIntervalMs?: number;
  };
  /** null for a node that nobody can dial. */
  overlayPort: number | null;
  apiPort: number;
  /** Options of the backbone role; null for a node without it. */
  backbone: Readonly<Record<string, string | number>> | null;
  /** Options of the backbone's admins. @default there are none */
  admin?: Readonly<Record<string, string | readonly string[]>>;
}

/** Makes a node's data folder with its identity, or takes the one that is there, and writes its configuration. */
export function prepareNodeFolder(folder: string, config: NodeFolderConfig): Promise<Identity> {
  const { overlayPort, apiPort, backbone, admin } = config;
  return writeNodeFolder(folder, {
    chain: { chainId: 31337, pollIntervalMs: 500, ...config.chain },
    // Any free data port: peers are told of it over their connections, and networks side by side do not collide.
    // No UDP: without a NAT between them private nodes would always meet directly, and nothing would be relayed.
    overlay: {
      listen: overlayPort === null ? [] : [`/ip4/127.0.0.1/tcp/${overlayPort}`],
      dataPort: 0,
      udpPort: null,
    },
    api: { port: apiPort },
    ...(backbone === null ? {} : { backbone: { enabled: true, host: "127.0.0.1", ...backbone } }),
    ...(admin && { admin }),
  });
}

/** As `prepareNodeFolder`, with the whole configuration in the caller's hand. */
export async function writeNodeFolder(folder: string, values: Record<string, unknown>): Promise<Identity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "config.yaml"), `# Written at each start of the mesh.\n${stringify(values)}`);
  try {
    return (await readIdentityFile(folder)).identity;
  } catch (error) {
    if (!ShadowMeshError.is(error, identityErrors.IDENTITY_MISSING)) throw error;
    const { identity } = await createIdentityFile(folder);
    // Nobody was shown its words.
    await createWelcomeStore(folder).write(unseen);
    return identity;
  }
}
