import { isIP, SocketAddress } from "node:net";
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
import type { Random } from "../../harness/random.ts";
import { hexOf, refused, type Target } from "../target.ts";
import { isPort, message, portOf } from "./message.ts";

const isToken = (value: unknown) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);

const addressOf = (random: Random): UdpAddress => ({
  host: random.pick([`192.0.2.${random.integer(256)}`, `3fff:1::${(1 + random.integer(65_535)).toString(16)}`]),
  port: portOf(random),
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
    (random) => ({ port: portOf(random), token: hexOf(random, 16), isHeard: random.pick([true, false]) }),
    ({ port, token, isHeard }) => isPort(port) && isToken(token) && typeof isHeard === "boolean",
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
