import { once } from "node:events";
import pino from "pino";
import type { SignedRecord } from "../../../node/core/records/index.ts";
import { createRelayServer, createReservations, relayConfigSchema } from "../../../node/services/relay/index.ts";
import { verifyAt } from "../../harness/identities.ts";
import { createTestMembership, registrationFor } from "../../harness/membership.ts";
import { createMeshNode, soon } from "../../harness/mesh.ts";
import { until } from "../../harness/until.ts";
import { toPipe } from "./sockets.ts";
import type { Stack } from "./stack.ts";

const protocol = "/bench/transfer/1.0.0";
const verify = verifyAt();
const isMember = async () => true;
const recordIn = (text: string) => verify(JSON.parse(text) as SignedRecord);

/** Nodes of ours, numbered from the given one on: they move bytes on lanes, spliced at a third's relay service or direct. */
export function createOurs(firstNumber: number): Stack {
  let number = firstNumber;
  return {
    async relay() {
      const { overlay, peerId, signed } = await createMeshNode(number++, { mayReserve: isMember });
      const membership = createTestMembership(registrationFor(peerId));
      const isUnregistered = async () => false;
      const deps = { overlay, membership, mayPass: isMember, isUnregistered, log: pino({ enabled: false }) };
      await createRelayServer(relayConfigSchema.parse({}), deps).start(soon());
      return JSON.stringify(await signed());
    },
    async receive(relay, serve) {
      const { overlay, signed } = await createMeshNode(number++, relay === undefined ? {} : { listen: [] });
      await overlay.lanes.handle(
        protocol,
        async ({ duplex }) => {
          serve(toPipe(duplex));
          await once(duplex, "close");
        },
        { maxInbound: 1000 },
      );
      if (relay === undefined) return JSON.stringify(await signed());
      const toRelay = await overlay.connect(await recordIn(relay), soon());
      await overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
      const addresses = [`${toRelay.address}/p2p-circuit`];
      return JSON.stringify(await signed({ addresses, relays: [toRelay.peerId] }));
    },
    async park(relay) {
      const record = await recordIn(relay);
      const { overlay, peerId } = await createMeshNode(number++, { listen: [] });
      const reservations = createReservations(
        { reservations: 1, parkAfterMs: 1 },
        {
          self: peerId,
          overlay,
          directory: {
            list: async () => ({ ours: [record.peerId], others: [] }),
            weigh: async () => () => 1,
          },
          membership: createTestMembership(registrationFor(peerId, { nodeType: "light_private" })),
          reach: (_, signal) => overlay.connect(record, signal),
          announced: async () => undefined,
          now: Date.now,
          log: pino({ enabled: false }),
        },
      );
      await reservations.start(soon());
      await until(() => reservations.parked().length === 1);
    },
    async dial(receiver) {
      const { overlay } = await createMeshNode(number++, { listen: [] });
      const connection = await overlay.connect(await recordIn(receiver), soon());
      return async () => {
        const { dedicated, duplex } = await overlay.lanes.open(connection, protocol, soon());
        if (!dedicated) throw new Error("the lane has no connection of its own");
        return toPipe(duplex);
      };
    },
  };
}
