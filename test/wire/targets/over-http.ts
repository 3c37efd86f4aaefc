import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import type { Identity } from "../../../node/core/identity/index.ts";
import { placeEmptyDatabase } from "../../../scripts/network/empty-database.ts";
import {
  createTestChain,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
} from "../../node/backbone/fixture.ts";
import { type OpenTarget, refused, toJson } from "../target.ts";

/** One backbone with its database, for one target. */
export async function openBackbone(target: (backbone: TestBackbone, member: Identity) => Promise<OpenTarget>) {
  const dataFolder = await mkdtemp(join(tmpdir(), "shadowmesh-wire-"));
  await placeEmptyDatabase(dataFolder);
  const chain = createTestChain();
  const member = newIdentity();
  chain.set(registrationFor(member.peerId));
  const backbone = await startBackbone({ dataFolder, maxChallenges: 1_000_000 }, chain);
  return {
    ...(await target(backbone, member)),
    async close() {
      await backbone.backbone.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A request as it goes over the wire. */
export const bodyOf = (method: string, path: string, headers: readonly string[], body: Uint8Array) => {
  const head = [`${method} ${path} HTTP/1.1`, "Host: backbone.example", "Connection: close", ...headers];
  if (body.length > 0) head.push("Content-Type: application/json", `Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
};

/**
 * Sends bytes to the backbone and reads its answer: its status and body, or `refused` where it only closed; for what
 * may be no whole request, with a time after which we hang up.
 *
 * @throws the ShadowMeshError that a refusal is
 */
export async function exchange(
  url: string,
  request: Uint8Array,
  hangUpAfterMs?: number,
): Promise<{ status: number; body: unknown } | typeof refused> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const parts: Buffer[] = [];
  socket.on("data", (part) => parts.push(part));
  // A server that has had enough of a request closes in the middle of it.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(request);
  // Not at once: for Node's server a client that has ended wants no answer any more.
  const hangUp = hangUpAfterMs === undefined ? undefined : setTimeout(() => socket.end(), hangUpAfterMs);
  await closed;
  clearTimeout(hangUp);
  const text = Buffer.concat(parts).toString();
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  if (status === 0) return refused;
  const body = toJson(Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4)));
  if (status < 400) return { status, body };
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code ?? "NO_CODE";
  throw new ShadowMeshError({ code, status, summary: text.slice(0, 500), action: "-" });
}

/** How a server of ours refuses what is no request of its. */
export const common = ["BAD_REQUEST", "NOT_FOUND", "PAYLOAD_TOO_LARGE"];
