import type { Random } from "../harness/random.ts";

/** A parser of bytes that strangers send. */
export interface Target {
  /** What is parsed. */
  readonly name: string;
  /** Rounds in `npm test`: fewer where one takes a signature or a socket. */
  readonly rounds: number;
  /** Whether most changes are refused. @default true; who chooses among checked values refuses none */
  readonly refuses?: false;
  open(): Promise<OpenTarget>;
}

export interface OpenTarget {
  /** An honest message. */
  valid(random: Random): Promise<Uint8Array> | Uint8Array;
  /** Puts a message's length before it, where it travels so. */
  frame?(body: Uint8Array): Uint8Array;
  /**
   * What the parser takes the bytes for. Gives `refused` where it has no code for a refusal, and throws a ShadowMeshError
   * of one of `codes` where it has.
   */
  read(bytes: Uint8Array): Promise<unknown>;
  readonly codes: readonly string[];
  /**
   * Whether it was right to take changed bytes for this. @default the meaning has not changed: of a signed message no
   * other one may be taken
   */
  isSound?(meaning: unknown, of: { bytes: Uint8Array; original: Uint8Array; meant: unknown }): boolean;
  /** A message that works once is not read before it is changed. */
  readonly worksOnce?: boolean;
  close?(): Promise<void>;
}

export const refused = Symbol("refused");

export const toBytes = (value: unknown): Uint8Array =>
  Buffer.from(JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one)));

/** What a parser that is told to get JSON does first. */
export function toJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

/** Hex of random bytes, without 0x. */
export const hexOf = (random: Random, bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");

/** Unsigned varint of the length, then the body. */
export function prefixed(body: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = body.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), body]);
}
