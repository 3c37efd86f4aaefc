import { terms } from "../api/terms.ts";
import type { WelcomeStep } from "../api/vocabulary.ts";
import { type ServiceOffered, type Welcome as WelcomeAnswer, welcomeErrors } from "../api/welcome.ts";
import { ShadowMeshError } from "../core/errors.ts";
import { type Identity, readIdentityFile } from "../core/identity/index.ts";
import { createWelcomeStore, type WelcomeMemory } from "./memory.ts";

/** Setting a new node up: what its owner has accepted, seen and confirmed, and where to go on. */
export interface Welcome {
  state(): Promise<WelcomeAnswer>;
  /** @throws TERMS_CHANGED, DISK_FULL */
  acceptTerms(version: string): Promise<WelcomeAnswer>;
  /** The 24 words, to the first who asks. @throws PHRASE_ALREADY_SHOWN, TERMS_NOT_ACCEPTED, DISK_FULL */
  showPhrase(): Promise<{ words: string[] }>;
  /** @throws PHRASE_WORDS_WRONG, DISK_FULL */
  confirmPhrase(words: readonly string[]): Promise<WelcomeAnswer>;
  skipPhrase(): Promise<WelcomeAnswer>;
  /** @throws TERMS_NOT_ACCEPTED, DISK_FULL */
  enterStep(step: WelcomeStep, service?: ServiceOffered): Promise<WelcomeAnswer>;
  leave(): Promise<WelcomeAnswer>;
}

export interface WelcomeDeps {
  folder: string;
  identity: Pick<Identity, "deriveSecret">;
  /** Whether the contract knows the node: then it is not new. */
  isRegistered(): boolean;
  now: () => number;
}

const askedWords = 4;

export function createWelcome({ folder, identity, isRegistered, now }: WelcomeDeps): Welcome {
  const store = createWelcomeStore(folder);
  const asked = choosePositions(identity);
  /** Changes wait for each other: of two that ask for the words at once, one gets them. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: (memory: WelcomeMemory) => Promise<T>): Promise<T> {
    const done = last.then(async () => work(await store.read()));
    last = done.catch(() => undefined);
    return done;
  }

  const change = (edit: (memory: WelcomeMemory) => WelcomeMemory | Promise<WelcomeMemory>) =>
    inTurn(async (memory) => {
      const next = await edit(memory);
      await store.write(next);
      return answer(next);
    });

  const answer = (memory: WelcomeMemory): WelcomeAnswer => ({
    terms: { version: terms.version, accepted: memory.terms },
    phrase: { ...memory.phrase, asked },
    step: memory.step,
    service: memory.service,
    opensByItself: !memory.left && !isRegistered(),
  });

  /** Read when it is needed, so that the words are in memory for no longer than that. */
  const readWords = async () => (await readIdentityFile(folder)).phrase.split(" ");

  return {
    state: () => inTurn(async (memory) => answer(memory)),
    acceptTerms: (version) =>
      change((memory) => {
        if (version !== terms.version) throw new ShadowMeshError(welcomeErrors.TERMS_CHANGED);
        return { ...memory, terms: { version, atMs: now() } };
      }),
    showPhrase: () =>
      inTurn(async (memory) => {
        requireTerms(memory);
        if (memory.phrase.shown) throw new ShadowMeshError(welcomeErrors.PHRASE_ALREADY_SHOWN);
        const words = await readWords();
        // Noted first: words that were given and not noted would be given again.
        await store.write({ ...memory, phrase: { ...memory.phrase, shown: true } });
        return { words };
      }),
    confirmPhrase: (words) =>
      change(async (memory) => {
        const phrase = await readWords();
        const right = asked.length === words.length && asked.every((at, index) => isWord(words[index], phrase[at - 1]));
        if (!right) throw new ShadowMeshError(welcomeErrors.PHRASE_WORDS_WRONG);
        return { ...memory, phrase: { shown: true, confirmedAtMs: now(), skipped: false } };
      }),
    skipPhrase: () => change((memory) => ({ ...memory, phrase: { ...memory.phrase, skipped: true } })),
    enterStep: (step, service) =>
      change((memory) => {
        if (step !== "terms") requireTerms(memory);
        return { ...memory, step, service: service ?? memory.service, left: memory.left || step === "done" };
      }),
    leave: () => change((memory) => ({ ...memory, left: true })),
  };
}

function requireTerms({ terms: accepted }: WelcomeMemory): void {
  if (accepted?.version !== terms.version) throw new ShadowMeshError(welcomeErrors.TERMS_NOT_ACCEPTED);
}

function isWord(typed: string | undefined, word: string | undefined): boolean {
  return word !== undefined && typed?.trim().toLowerCase() === word;
}

/**
 * Always the same words of an identity, and all at once or none: who may ask as often as he likes, and about other words
 * each time, would learn the whole phrase.
 */
function choosePositions(identity: Pick<Identity, "deriveSecret">): number[] {
  const drawn = new Set([...identity.deriveSecret("phrase-questions")].map((byte) => (byte % 24) + 1));
  return [...drawn].slice(0, askedWords).sort((a, b) => a - b);
}
