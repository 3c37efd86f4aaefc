import type { Random } from "../harness/random.ts";

/** Values that a field of another type, or one that is out of bounds, may have. */
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  65_536,
  2 ** 53,
  1e308,
  "",
  " ",
  "0x",
  "0x00",
  "01",
  "1e9",
  "-1",
  "\u0000",
  "__proto__",
  "é\ud800",
  `${2n ** 256n}`,
  "9".repeat(900),
  [],
  {},
  [[]],
  { toString: 1, length: -1 },
];
/** As long as anybody may send before being cut off, and more than any of our messages has. */
const floodBytes = 200_000;

/** What somebody hostile or broken may make of a message: often almost right, sometimes far from it. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = original;
  for (let count = 1 + random.integer(3); count > 0; count--) bytes = change(bytes, random);
  return bytes;
}

function change(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.pick([1, 1, 2, 4, 32, bytes.length]));
  switch (random.integer(10)) {
    case 0:
      return random.bytes(random.pick([0, 1, 31, 32, 33, 600]));
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.integer(8)), bytes.subarray(at)]);
    case 5:
      return flood(bytes, random);
    case 6:
    case 7:
      return changeJson(bytes, random) ?? overwrite(bytes, random);
    default:
      return overwrite(bytes, random);
  }
}

function overwrite(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = Uint8Array.from(bytes);
  if (changed.length === 0) return changed;
  for (let count = 1 + random.integer(4); count > 0; count--) {
    // The first bytes are where lengths and kinds stand.
    const at = random.integer(random.integer(3) === 0 ? Math.min(8, changed.length) : changed.length);
    const bit = 1 << random.integer(8);
    changed[at] = random.pick([(changed[at] ?? 0) ^ bit, random.integer(256), 0, 0x7f, 0x80, 0xff]);
  }
  return changed;
}

function flood(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.integer(4) > 0) return bytes;
  if (random.integer(2) === 0) return Buffer.from("[".repeat(floodBytes));
  return Buffer.concat([bytes, new Uint8Array(floodBytes).fill(random.integer(256))]);
}

/** Gives a field another value, leaves one out, or adds one; null where it is no JSON. */
function changeJson(bytes: Uint8Array, random: Random): Uint8Array | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return null;
  }
  return Buffer.from(JSON.stringify(changeValue(value, random)) ?? "");
}

function changeValue(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.integer(6) === 0) return random.pick(strange);
  const keys = Object.keys(value);
  const [key, other] = [keys[random.integer(keys.length)], keys[random.integer(keys.length)]];
  if (key === undefined || other === undefined) return random.pick(strange);
  const fields = value as Record<string, unknown>;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...fields };
  switch (random.integer(6)) {
    case 0:
      delete copy[key];
      return copy;
    case 1:
      copy[key] = fields[other];
      return copy;
    case 2:
      return { ...copy, [random.pick(["__proto__", "constructor", "more"])]: random.pick(strange) };
    default:
      copy[key] = changeValue(fields[key], random);
      return copy;
  }
}
