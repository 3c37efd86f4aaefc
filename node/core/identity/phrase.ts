import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { ShadowMeshError } from "../errors.ts";
import { identityErrors } from "./errors.ts";

/** The 24 words (BIP-39, English) of a 32-byte seed. */
export function seedToPhrase(seed: Uint8Array): string {
  return entropyToMnemonic(seed, wordlist);
}

/**
 * The 32-byte seed of 24 words; spaces and capitals do not matter.
 *
 * @throws PHRASE_INVALID
 */
export function phraseToSeed(phrase: string): Uint8Array {
  const words = phrase.trim().toLowerCase().split(/\s+/);
  if (words.length !== 24)
    throw new ShadowMeshError(identityErrors.PHRASE_INVALID, { details: { words: words.length } });
  try {
    return mnemonicToEntropy(words.join(" "), wordlist);
  } catch (cause) {
    throw new ShadowMeshError(identityErrors.PHRASE_INVALID, { cause });
  }
}
