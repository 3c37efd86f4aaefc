import {
  createMembership,
  createMembershipStore,
  type Membership,
  type MembershipConfig,
} from "../../node/services/membership/index.ts";
import { silent } from "../node/api/fixture.ts";
import type { createChainPort } from "./chain-port.ts";
import { temporaryFolders } from "./folder.ts";
import { verifyAt } from "./identities.ts";
import { registrationFor } from "./membership.ts";
import { createMesh, type MeshNode, soon } from "./mesh.ts";
import { startTestBackbone, type TestBackbone } from "./test-backbone.ts";
import { until } from "./until.ts";

interface JoinOptions {
  config?: MembershipConfig;
  folder?: string;
  node?: MeshNode;
  registered?: boolean;
  now?: () => number;
}

/** Makes backbones, and members that look for one; all end after each test. Call it inside a `describe`. */
export function joining() {
  const newNode = createMesh();
  const newFolder = temporaryFolders();
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  });

  async function newBackbone(n: number): Promise<TestBackbone> {
    const backbone = await startTestBackbone(await newNode(n));
    running.push(backbone);
    return backbone;
  }

  async function joinMesh(port: ReturnType<typeof createChainPort>, options: JoinOptions = {}) {
    const node = options.node ?? (await newNode(1));
    if (options.registered !== false) port.register(registrationFor(node.peerId));
    const folder = options.folder ?? (await newFolder());
    const membership = await createMembership(options.config ?? { backbones: [] }, {
      identity: node.identity,
      chain: port.chain,
      overlay: node.overlay,
      verifyRecord: verifyAt(),
      store: createMembershipStore(folder),
      now: options.now ?? Date.now,
      log: silent,
    });
    running.push(membership);
    await membership.start(soon());
    return { node, membership, folder };
  }

  return { newNode, newBackbone, joinMesh };
}

export const joined = (membership: Membership) => until(() => (membership.joined() ? membership.session() : null));

/** A backbone as the contract lists it. */
export const listed = ({ peerId, url }: TestBackbone, region = "europe") => ({ peerId, region, url });
