import { isStartable } from "@libp2p/interface";
import { ShadowMeshError } from "../../node/core/errors.ts";
import type { PeerConnection } from "../../node/core/overlay/index.ts";
import type { NodeRecord, SignedRecord } from "../../node/core/records/index.ts";
import { verifyAt } from "./identities.ts";
import { circuitAddress, createMeshNode, type MeshNode, soon } from "./mesh.ts";
import type { NatAnswer, NatQuestion } from "./nat-questions.ts";
import { until } from "./until.ts";

// One overlay node in a process of its own, inside the network namespace that it was started in; does what its parent
// asks, and ends with it.
const [number = "", host = ""] = process.argv.slice(2);
const node = await createMeshNode(Number(number), {
  listen: [`/ip6/${host}/tcp/4100`],
  udpPort: 4103,
  mayReserve: async () => true,
  mayPunch: async () => true,
});
const verify = verifyAt(Date.now);

process.on("disconnect", () => process.exit());
process.on("message", async (question: NatQuestion) => {
  try {
    process.send?.(await answer(question));
  } catch (error) {
    process.send?.({ error: ShadowMeshError.is(error) ? error.code : String(error) } satisfies NatAnswer);
  }
});
process.send?.({ record: await node.signed() } satisfies NatAnswer);

async function answer(question: NatQuestion): Promise<NatAnswer> {
  if ("relay" in question) {
    const server = node.overlay.circuit.createServer({ maxReservations: 16 }, () => undefined);
    if (isStartable(server)) await server.start();
    return {};
  }
  if ("join" in question) {
    const [relay] = await Promise.all(question.join.map(connect));
    if (relay === undefined) throw new Error("there is no relay to join");
    await node.overlay.circuit.reserve(relay.connection.libp2p.remotePeer, soon());
    const through = await circuitAddress({ record: async () => relay.record } as MeshNode);
    const mapping = await until(node.overlay.punch.mapping, ({ kind }) => kind === question.mapping);
    return { record: await node.signed({ addresses: [through] }), mapping };
  }
  if ("punch" in question) {
    const { connection } = await connect(question.punch);
    // Until it ends as it should: on a busy machine the time for probes may pass unused.
    return until(
      () => punch(connection),
      ({ paths, error }) => (error ?? paths?.[1]) === question.ending,
    );
  }
  const record = await verify(question.lost);
  await until(() => node.overlay.connectionTo(record.peerId)?.path !== "punched");
  const again = await node.overlay.connect(record, soon());
  return { paths: [again.path] };
}

async function punch(connection: PeerConnection): Promise<NatAnswer> {
  try {
    const opened = await node.overlay.punch.attempt(connection, soon());
    const best = node.overlay.connectionTo(connection.peerId);
    return { paths: [connection.path, best?.path ?? "none"], address: opened.remoteAddr.toString() };
  } catch (error) {
    return { error: ShadowMeshError.is(error) ? error.code : String(error) };
  }
}

async function connect(signed: SignedRecord) {
  const record: NodeRecord = await verify(signed);
  return { record, connection: await node.overlay.connect(record, soon()) };
}
