import { isIP, SocketAddress } from "node:net";
import type { z } from "zod";
import { messages } from "../../../node/core/overlay/lanes/index.ts";
import { type Datagram, decodeDatagram, encodeDatagram } from "../../../node/core/overlay/punch/datagram.ts";
import {
  answerSchema,
  maxOffered,
  outcomeSchema,
  type PunchOffer,
  requestSchema,
} from "../../../node/core/overlay/punch/protocol.ts";
import { invitationSchema } from "../../../node/core/overlay/punch/reflection.ts";
import { type UdpAddress, udpAddressSchema } from "../../../node/core/overlay/punch/udp-address.ts";
import { soon } from "../../harness/mesh.ts";
import type { Random } from "../../harness/random.ts";
import { hexOf, prefixed, refused, type Target, toBytes } from "../target.ts";
import { exchange } from "./streams.ts";

const isToken = (value: unknown) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
const isPort = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
const port = (random: Random) => 1 + random.integer(65_535);

const addressOf = (random: Random): UdpAddress => ({
  host: random.pick([`192.0.2.${random.integer(256)}`, `3fff:1::${(1 + random.integer(65_535)).toString(16)}`]),
  port: port(random),
});
/** One spelling of each: what probes come from is compared with it. */
const isAddress = ({ host, port }: UdpAddress) =>
  isPort(port) &&
  isIP(host) > 0 &&
  new SocketAddress({ address: host, family: `ipv${isIP(host)}` as "ipv4" }).address === host;

const offerOf = (random: Random): PunchOffer => ({
  token: hexOf(random, 16),
  streamId: random.integer(2 ** 32),
  mapping: random.pick(["endpoint-independent", "address-dependent", "unknown"]),
  candidates: Array.from({ length: random.integer(maxOffered + 1) }, () => addressOf(random)),
});
const isOffer = ({ token, streamId, mapping, candidates }: PunchOffer) =>
  isToken(token) &&
  Number.isInteger(streamId) &&
  streamId >= 0 &&
  streamId < 2 ** 32 &&
  ["endpoint-independent", "address-dependent", "unknown"].includes(mapping) &&
  candidates.length <= maxOffered &&
  candidates.every(isAddress);

function message<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  valid: (random: Random) => object,
  isSound: (meaning: z.infer<Schema>) => boolean,
): Target {
  return {
    name,
    rounds: 300,
    open: async () => ({
      valid: (random) => toBytes(valid(random)),
      frame: prefixed,
      codes: ["MALFORMED_FRAME"],
      read: (bytes) => exchange(bytes, (stream) => messages(stream).read(schema, soon())),
      isSound: (meaning) => isSound(meaning as z.infer<Schema>),
    }),
  };
}

const refusals = ["no-udp", "udp-blocked", "symmetric", "busy", "not-known"];

export const punchTargets: readonly Target[] = [
  message("an offer to punch", requestSchema, offerOf, isOffer),
  message(
    "an answer to an offer to punch",
    answerSchema,
    (random) => random.pick([offerOf(random), { refused: random.pick(refusals) }]),
    (answer) => ("refused" in answer ? refusals.includes(answer.refused) : isOffer(answer)),
  ),
  message(
    "what came of probes",
    outcomeSchema,
    (random) => ({ found: random.pick([true, false]) }),
    ({ found }) => typeof found === "boolean",
  ),
  message(
    "a reflector's token",
    invitationSchema,
    (random) => ({ port: port(random), token: hexOf(random, 16) }),
    (invitation) => isPort(invitation.port) && isToken(invitation.token),
  ),
  message("a reflected address", udpAddressSchema, addressOf, isAddress),
  {
    name: "a datagram on the UDP port",
    rounds: 2_000,
    open: async () => ({
      valid(random) {
        const [token, id] = [hexOf(random, 16), hexOf(random, 8)];
        return encodeDatagram(
          random.pick<Datagram>([
            { kind: "reflect", token },
            { kind: "probe", token, id },
            { kind: "answer", token, id },
          ]),
        );
      },
      codes: [],
      read: async (bytes) => decodeDatagram(Buffer.from(bytes)) ?? refused,
      // What it takes has one spelling; whether a token is known is asked later.
      isSound: (meaning, { bytes }) => encodeDatagram(meaning as Datagram).equals(bytes),
    }),
  },
];
