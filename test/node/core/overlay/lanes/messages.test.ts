import { isStartable, type Stream } from "@libp2p/interface";
import { streamPair } from "@libp2p/utils";
import { expect } from "chai";
import type { z } from "zod";
import {
  laneAnswerSchema,
  laneProtocol,
  laneRequestSchema,
  messages,
  spliceAnswerSchema,
  spliceProtocol,
} from "../../../../../node/core/overlay/lanes/protocol.ts";
import { circuitAddress, createMesh, soon } from "../../../../harness/mesh.ts";
import { createRandom, type Random } from "../../../../harness/random.ts";

const protocol = "/shadowmesh/test/1.0.0";
const hex64 = (random: Random) => Buffer.from(random.bytes(32)).toString("hex");

interface Kind {
  name: string;
  schema: z.ZodType;
  valid: (random: Random) => object;
}

const [request, answer, spliceAnswer]: [Kind, Kind, Kind] = [
  {
    name: "a lane's request",
    schema: laneRequestSchema,
    valid: (random) => ({
      id: hex64(random),
      protocol,
      port: random.pick([null, 1 + random.integer(65_535)]),
      splice: random.pick([null, { port: 1 + random.integer(65_535), ticket: hex64(random) }]),
    }),
  },
  {
    name: "a lane's answer",
    schema: laneAnswerSchema,
    valid: (random) => ({ coming: random.pick([true, false]), port: random.pick([null, 1 + random.integer(65_535)]) }),
  },
  {
    name: "a splice's answer",
    schema: spliceAnswerSchema,
    valid: (random) => ({ port: 1 + random.integer(65_535), near: hex64(random), far: hex64(random) }),
  },
];

/** Values that a field of another type, or one that is out of bounds, may have. */
const strange = [null, -1, 0, 0.5, 65_536, 2 ** 60, "", "x".repeat(900), [], {}, true, "0x00", "__proto__"];

/** What somebody hostile or broken may send: never a whole message that is valid. */
function malformed({ valid, schema }: Kind, random: Random): Uint8Array {
  for (;;) {
    const body = malform(valid(random), random);
    if (!isValid(schema, body)) return random.integer(6) === 0 ? body : frame(body);
  }
}

function malform(message: object, random: Random): Uint8Array {
  const text = JSON.stringify(message);
  const bytes = Buffer.from(text);
  const [field] = Object.keys(message).sort(() => random.integer(3) - 1);
  switch (random.integer(5)) {
    case 0:
      return random.bytes(1 + random.integer(600));
    case 1:
      return bytes.subarray(0, random.integer(bytes.length));
    case 2:
      return Buffer.from(JSON.stringify({ ...message, [String(field)]: random.pick(strange) }));
    case 3:
      return Buffer.from(JSON.stringify({ ...message, more: "y".repeat(1200) }));
    default: {
      const changed = Buffer.from(bytes);
      for (let count = 1 + random.integer(4); count > 0; count--) {
        changed[random.integer(changed.length)] = random.integer(256);
      }
      return changed;
    }
  }
}

function isValid(schema: z.ZodType, body: Uint8Array): boolean {
  try {
    return body.length <= 1024 && schema.safeParse(JSON.parse(Buffer.from(body).toString())).success;
  } catch {
    return false;
  }
}

/** Unsigned varint of the length, then the body. */
function frame(body: Uint8Array): Uint8Array {
  const length = body.length < 0x80 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Buffer.concat([Buffer.from(length), body]);
}

describe("core/overlay/lanes/messages", () => {
  const newNode = createMesh();

  for (const kind of [request, answer, spliceAnswer]) {
    const { name, schema, valid } = kind;
    it(`reads ${name}, and of hostile bytes nothing but what the schema allows`, async () => {
      const random = createRandom(50);
      const read = async (bytes: Uint8Array) => {
        const [near, far] = await streamPair();
        near.send(bytes);
        const [outcome] = await Promise.all([
          messages(far)
            .read(schema, soon())
            .catch((error: { code?: string }) => error.code ?? error),
          near.close(),
        ]);
        return outcome;
      };
      for (let round = 0; round < 300; round++) {
        const message = valid(random);
        expect(await read(frame(Buffer.from(JSON.stringify(message))))).to.deep.equal(message);
        expect(await read(malformed(kind, random))).to.equal("MALFORMED_FRAME");
      }
    });
  }

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
  const answering = (kind: Kind, random: Random) => async (stream: Stream) => {
    stream.send(malformed(kind, random));
    await stream.close();
  };

  it("uses the connection's stream where the peer's answer is malformed", async () => {
    const [server, client] = [await newNode(1), await newNode(2, { listen: [] })];
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
