import type { SignedRecord } from "../../node/core/records/index.ts";

/** What a node in a namespace is asked to do. */
export type NatQuestion =
  /** To relay for others. */
  | { relay: true }
  /** To connect to these, to reserve with the first, and to learn its mapping until it is of this kind. */
  | { join: SignedRecord[]; mapping: string }
  /** To reach a peer through its relay, and to punch until that ends so: with the path, or the code of an error. */
  | { punch: SignedRecord; ending: string }
  /** To wait until the punched connection to a peer has ended, and to reach it again. */
  | { lost: SignedRecord };

export interface NatAnswer {
  record?: SignedRecord;
  mapping?: { kind: string; addresses: readonly { host: string; port: number }[] };
  paths?: string[];
  address?: string;
  error?: string;
}
