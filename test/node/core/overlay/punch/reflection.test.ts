import { expect } from "chai";
import type { Overlay } from "../../../../../node/core/overlay/index.ts";
import { messages } from "../../../../../node/core/overlay/lanes/index.ts";
import {
  createReflection,
  invitationSchema,
  type Reflection,
  reflectProtocol,
} from "../../../../../node/core/overlay/punch/reflection.ts";
import { udpAddressSchema } from "../../../../../node/core/overlay/punch/udp-address.ts";
import { createMesh, type MeshNode, soon } from "../../../../harness/mesh.ts";

/** What the router before the reflector forwards to its UDP port. */
const outsidePort = 40_123;

describe("core/overlay/punch/reflection", () => {
  const newNode = createMesh();

  /** A node without a UDP socket of its own, that answers those who ask where their datagrams come from. */
  async function newReflector(n: number): Promise<{ node: MeshNode; reflection: Reflection }> {
    const node = await newNode(n);
    const reflection = reflectionOf(node.overlay);
    await node.overlay.handle(reflectProtocol, reflection.answer, { maxInboundStreams: 4 });
    return { node, reflection };
  }
  const reflectionOf = ({ connections }: Overlay) =>
    createReflection({
      portFor: () => outsidePort,
      send: () => undefined,
      connections,
      recall: async () => undefined,
      stopping: soon(),
    });

  /** Asks, and has a datagram arrive that shows the token; what the reflector had said of itself. */
  async function ask(asker: MeshNode, { node, reflection }: Awaited<ReturnType<typeof newReflector>>) {
    const connection = await asker.overlay.connect(await node.record(), soon());
    const control = messages(await connection.open(reflectProtocol, soon()));
    const { token, ...invitation } = await control.read(invitationSchema, soon());
    reflection.accept({ kind: "reflect", token }, { host: "127.0.0.1", port: 1_234 });
    expect(await control.read(udpAddressSchema, soon())).to.deep.equal({ host: "127.0.0.1", port: 1_234 });
    return invitation;
  }

  it("tells the number that a router gave the port, and whether anybody's datagrams have come so far", async () => {
    const [reflector, asker] = [await newReflector(1), await newNode(2, { listen: [] })];
    expect(await ask(asker, reflector)).to.deep.equal({ port: outsidePort, isHeard: false });
    expect(await ask(asker, reflector)).to.deep.equal({ port: outsidePort, isHeard: true });
  });

  it("takes the silence of one whom nobody's datagrams reach for no sign that its own are blocked", async () => {
    const [reflector, asker] = [await newReflector(1), await newNode(2, { listen: [] })];
    await asker.overlay.connect(await reflector.node.record(), soon());
    const nothing = { addresses: [] };
    expect(await reflectionOf(asker.overlay).mapping()).to.deep.equal({ kind: "unknown", ...nothing });
    await ask(asker, reflector);
    expect(await reflectionOf(asker.overlay).mapping()).to.deep.equal({ kind: "blocked", ...nothing });
  });
});
