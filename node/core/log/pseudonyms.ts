import { createHmac, randomBytes } from "node:crypto";
import { keepNewest } from "../keep-newest.ts";
import { replaceAddresses } from "./addresses.ts";

/** Fields of a line that say who this node itself is: they stay as they are. */
const ownFields = new Set(["self", "nodeAddress"]);

/** A peer ID or an account of 20 bytes, also where calldata or a topic pads it to 32. */
const ids = /(?<![0-9a-z])(?:[0\\]x)?(?:0{24})?([0-9a-f]{40})(?:0{24})?(?![0-9a-z])/gi;
/** libp2p's IDs: of secp256k1 and Ed25519 keys, and of hashes of others. */
const libp2pIds = /(?<![0-9A-Za-z])(?:16Uiu2HA|12D3KooW|Qm)[1-9A-HJ-NP-Za-km-z]{44,45}(?![0-9A-Za-z])/g;
/** What an endpoint of the chain was sent: of more than a word only the selector tells nobody's ID. */
const calldata = /(0x[0-9a-f]{8})[0-9a-f]{57,}/gi;

/** So many as are told apart from new ones; strangers make up as many as they like. */
const maxTold = 1_000;

/**
 * A copy of a line's fields in which nobody can be recognised, and everybody told apart: in the place of each IP address
 * and of each peer ID, of libp2p or ours, stands a hash under a key of this process.
 *
 * @param onNew hears whom a pseudonym stands for, when it is first used
 */
export function createPseudonyms(onNew: (pseudonym: string, value: string) => void): (line: object) => object {
  const key = randomBytes(32);
  const told = new Map<string, true>();
  const nameOf = (kind: string, value: string) => {
    const hash = createHmac("sha256", key).update(value.toLowerCase()).digest("hex").slice(0, 8);
    const pseudonym = `${kind}-${hash}`;
    if (!told.has(pseudonym)) {
      keepNewest(told, pseudonym, true, maxTold);
      onNew(pseudonym, value);
    }
    return pseudonym;
  };
  const inText = (text: string) =>
    replaceAddresses(
      text
        .replace(calldata, "$1…")
        .replace(ids, (_, digits: string) => nameOf("id", `0x${digits.toLowerCase()}`))
        .replace(libp2pIds, (id) => nameOf("id", id)),
      (address) => nameOf("address", address),
    );
  const copy = (value: unknown): unknown => {
    if (typeof value === "string") return inText(value);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [inText(name), copy(inner)]));
  };
  return (line) =>
    Object.fromEntries(Object.entries(line).map(([name, value]) => [name, ownFields.has(name) ? value : copy(value)]));
}
