import { isStartable, type Stream } from "@libp2p/interface";
import { expect } from "chai";
import { laneProtocol, spliceProtocol } from "../../../../../node/core/overlay/lanes/protocol.ts";
import { circuitAddress, createMesh, soon } from "../../../../harness/mesh.ts";
import { createRandom, type Random } from "../../../../harness/random.ts";
import { mutate } from "../../../../wire/mutate.ts";
import { prefixed, toBytes, toJson } from "../../../../wire/target.ts";
import { type LaneMessage, laneMessages } from "../../../../wire/targets/streams.ts";

const protocol = "/shadowmesh/test/1.0.0";
const [request, answer, spliceAnswer] = laneMessages;

/** What somebody hostile or broken may send: never a whole message that is valid. */
function malformed({ valid, schema }: LaneMessage, random: Random): Uint8Array {
  for (;;) {
    const body = mutate(toBytes(valid(random)), random);
    const isValid = body.length <= 1024 && schema.safeParse(toJson(body)).success;
    if (!isValid) return random.integer(6) === 0 ? body : prefixed(body);
  }
}

describe("core/overlay/lanes/messages", () => {
  const newNode = createMesh();

  it("goes on serving lanes while a peer sends it malformed requests", async () => {
    const random = createRandom(60);
    const [server, hostile, client] = [
      await newNode(1),
      await newNode(2, { listen: [] }),
      await newNode(3, { listen: [] }),
    ];
    await server.overlay.lanes.handle(protocol, async ({ duplex }) => void duplex.end("served"), { maxInbound: 4 });
    const attack = await hostile.overlay.connect(await server.record(), soon());
    for (let round = 0; round < 60; round++) {
      const stream = await attack.open(laneProtocol, soon());
      stream.send(malformed(request, random));
      await stream.close({ signal: soon() }).catch(() => undefined);
    }
    const connection = await client.overlay.connect(await server.record(), soon());
    const lane = await client.overlay.lanes.open(connection, protocol, soon());
    expect(await textOf(lane.duplex)).to.equal("served");
  });

  /** Answers with malformed messages of a kind. */
  const answering = (kind: LaneMessage, random: Random) => async (stream: Stream) => {
    stream.send(malformed(kind, random));
    await stream.close();
  };

  it("uses the connection's stream where the peer's answer is malformed", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
    await server.overlay.unhandle(laneProtocol);
    await server.overlay.handle(laneProtocol, answering(answer, createRandom(61)), { maxInboundStreams: 8 });
    await server.overlay.handle(
      protocol,
      async (stream) => {
        stream.send(Buffer.from("served"));
        await stream.close();
      },
      { maxInboundStreams: 8 },
    );
    const connection = await client.overlay.connect(await server.record(), soon());
    for (let round = 0; round < 40; round++) {
      const lane = await client.overlay.lanes.open(connection, protocol, soon());
      expect(lane.dedicated).to.equal(false);
      lane.duplex.end();
      expect(await textOf(lane.duplex)).to.equal("served");
    }
  });

  it("uses the connection's stream where the relay's answer is malformed", async () => {
    const relay = await newNode(1, { mayReserve: async () => true });
    const server = relay.overlay.circuit.createServer({ maxReservations: 8 }, () => undefined);
    if (isStartable(server)) await server.start();
    await relay.overlay.handle(spliceProtocol, answering(spliceAnswer, createRandom(62)), { maxInboundStreams: 8 });
    const hidden = await newNode(2, { listen: [] });
    await hidden.overlay.lanes.handle(protocol, async ({ duplex }) => void duplex.end("served"), { maxInbound: 4 });
    const toRelay = await hidden.overlay.connect(await relay.record(), soon());
    await hidden.overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
    const client = await newNode(3, { listen: [] });
    const record = await hidden.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });
    const connection = await client.overlay.connect(record, soon());
    for (let round = 0; round < 40; round++) {
      const lane = await client.overlay.lanes.open(connection, protocol, soon());
      expect(lane.dedicated).to.equal(false);
      lane.duplex.end();
      expect(await textOf(lane.duplex)).to.equal("served");
    }
  });
});

async function textOf(readable: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of readable) parts.push(part);
  return Buffer.concat(parts).toString();
}
