/**
 * The little of DER (ITU-T X.690) that a certificate needs: written out, and read back strictly. Values are nested
 * Buffers; nothing is copied while reading.
 */

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Tag of a constructed, context-specific element: `[n]`. */
export const contextTag = (n: number): number => 0xa0 | n;

/** One element: tag, length, content. */
export function encode(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...encodeLength(length)]), ...content]);
}

export const encodeSequence = (...content: readonly Uint8Array[]): Buffer => encode(tags.sequence, ...content);

/** An object identifier such as `2.5.4.3`. */
export function encodeOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encode(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A string of whole bytes. */
export const encodeBitString = (bytes: Uint8Array): Buffer => encode(tags.bitString, Buffer.from([0]), bytes);

/** Until 2049 as UTCTime, from then on as GeneralizedTime (RFC 5280, 4.1.2.5). */
export function encodeTime(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
  const short = date.getUTCFullYear() < 2050;
  return encode(short ? tags.utcTime : tags.generalizedTime, Buffer.from(short ? digits.slice(2) : digits, "latin1"));
}

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The elements that fill a buffer. @throws where it is not DER, or more or less than its elements */
export function decodeAll(bytes: Uint8Array): Element[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: Element[] = [];
  for (let at = 0; at < buffer.length; ) {
    const tag = buffer.readUInt8(at);
    if ((tag & 0x1f) === 0x1f) throw new Error("a tag of several bytes");
    const { length, start } = decodeLength(buffer, at + 1);
    const end = start + length;
    if (end > buffer.length) throw new Error("an element past the end");
    elements.push({ tag, content: buffer.subarray(start, end) });
    at = end;
  }
  return elements;
}

/** The content of the one element of this tag that fills a buffer. @throws where it is anything else */
export function decodeOne(bytes: Uint8Array, tag: number): Buffer {
  const [element, ...more] = decodeAll(bytes);
  if (element?.tag !== tag || more.length > 0) throw new Error(`not one element of tag ${tag}`);
  return element.content;
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function decodeLength(buffer: Buffer, at: number): { length: number; start: number } {
  const first = buffer.readUInt8(at);
  if (first < 0x80) return { length: first, start: at + 1 };
  const size = first & 0x7f;
  if (size === 0 || size > 3) throw new Error("a length of no or too many bytes");
  const length = buffer.readUIntBE(at + 1, size);
  if (length < 0x80 || length < 256 ** (size - 1)) throw new Error("a length that is not the shortest");
  return { length, start: at + 1 + size };
}

/** Big-endian groups of seven bits; the high bit says that more follow. */
function base128(value: number): number[] {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift(128 | (rest % 128));
  return groups;
}
