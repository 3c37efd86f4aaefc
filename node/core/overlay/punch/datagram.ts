/** 128 random bits that one node gives to another over their connection: who shows them has been told. */
export const tokenBytes = 16;
/** Names a probe, so that its answer is known to be one. */
export const probeIdBytes = 8;

/**
 * What passes over the socket beside streams. None is answered by a longer one, and none that shows no token of ours is
 * answered at all.
 */
export type Datagram =
  /** To a node that tells, over the connection on which it gave the token, where this came from. */
  | { readonly kind: "reflect"; readonly token: string }
  /** To a candidate address: whoever gave the token answers with the ID. */
  | { readonly kind: "probe" | "answer"; readonly token: string; readonly id: string };

// Not the byte 0xff, with which the packets of streams begin.
const magic = Buffer.from("SMU1");
const kinds = ["reflect", "probe", "answer"] as const;
const headBytes = magic.length + 1 + tokenBytes;

export function encodeDatagram(datagram: Datagram): Buffer {
  const kind = Buffer.from([kinds.indexOf(datagram.kind)]);
  const id = datagram.kind === "reflect" ? "" : datagram.id;
  return Buffer.concat([magic, kind, Buffer.from(datagram.token, "hex"), Buffer.from(id, "hex")]);
}

/** Null for whatever is not of ours: anybody can send anything. */
export function decodeDatagram(bytes: Buffer): Datagram | null {
  if (bytes.length < headBytes || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const kind = kinds[bytes[magic.length] ?? kinds.length];
  const token = bytes.toString("hex", magic.length + 1, headBytes);
  const rest = bytes.length - headBytes;
  if (kind === "reflect") return rest === 0 ? { kind, token } : null;
  if (kind === undefined || rest !== probeIdBytes) return null;
  return { kind, token, id: bytes.toString("hex", headBytes) };
}
