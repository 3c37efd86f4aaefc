import { expect } from "chai";
import { messages, parkProtocol, spliceProtocol } from "../../../../node/core/overlay/index.ts";
import { spliceAnswerSchema } from "../../../../node/core/overlay/lanes/protocol.ts";
import { parkAnswerSchema } from "../../../../node/core/overlay/parking/protocol.ts";
import { createParkingServer } from "../../../../node/services/relay/parking-server.ts";
import { createSplicing } from "../../../../node/services/relay/splicing.ts";
import { createMesh, soon } from "../../../harness/mesh.ts";

/** What the router before the relay forwards to its data port. */
const outsidePort = 40_123;

describe("services/relay behind a router that gives its data port another number", () => {
  const newNode = createMesh();

  it("tells clients beyond it that number, to splice and to wait at", async () => {
    const [relay, client] = [await newNode(1), await newNode(2, { listen: [] })];
    const overlay = Object.create(relay.overlay, { dataPortFor: { value: () => outsidePort } }) as typeof relay.overlay;
    const deps = { overlay, mayPass: async () => true, meter: () => undefined, settle: async () => true };
    await createSplicing(deps).begin();
    await createParkingServer({ overlay }).begin(() => true);
    const connection = await client.overlay.connect(await relay.record(), soon());
    const splice = messages(await connection.open(spliceProtocol, soon()));
    expect(await splice.read(spliceAnswerSchema, soon())).to.include({ port: outsidePort });
    const park = messages(await connection.open(parkProtocol, soon()));
    expect(await park.read(parkAnswerSchema, soon())).to.include({ port: outsidePort });
  });
});
