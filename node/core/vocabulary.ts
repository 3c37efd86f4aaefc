/** The governed regions that NodeNexus starts with; the chain's list is the authority. */
export const regions = [
  "north_america",
  "south_america",
  "europe",
  "africa",
  "middle_east",
  "asia_pacific",
  "oceania",
] as const;

/** A peer ID as people type it. */
export const peerIdPattern = /^(0x)?[0-9a-fA-F]{40}$/;

/**
 * Stands for all nodes that nobody registered, where a relay counts them as one client: IDs cost nothing, and each would
 * have an allowance of its own. No keys give this ID.
 */
export const unregistered: `0x${string}` = `0x${"0".repeat(40)}`;

/** The one way in which a peer ID that fits `peerIdPattern` is written. */
export const canonicalPeerId = (text: string): `0x${string}` => `0x${text.replace(/^0x/, "").toLowerCase()}`;

/** What `peerIdSchema` makes of it, for pages that do without zod; null where it is no peer ID. */
export function parsePeerId(text: string): `0x${string}` | null {
  const trimmed = text.trim();
  return peerIdPattern.test(trimmed) ? canonicalPeerId(trimmed) : null;
}
