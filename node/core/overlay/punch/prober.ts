import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Datagram, probeIdBytes, tokenBytes } from "./datagram.ts";
import { keyOf, type UdpAddress } from "./udp-address.ts";

/**
 * When probes are sent, in milliseconds from the start: densely while both NATs open, then seldom. A candidate gets no
 * more than these, whoever named it.
 */
const schedule = [
  ...Array.from({ length: 20 }, (_, n) => 50 * n),
  ...Array.from({ length: 10 }, (_, n) => 1_000 + 200 * n),
];
/** Candidates of a peer, with those that its probes came from: some NATs have them come from another one. */
export const maxCandidates = 12;
/** Answers to one peer in a second; more probes than it has candidates and rounds are none of ours. */
const maxAnswersPerSecond = 400;

export interface ProberDeps {
  send(datagram: Datagram, to: UdpAddress): void;
  now(): number;
}

/** Finds, for a peer that we have exchanged tokens with, an address at which it hears us and we hear it. */
export interface Prober {
  open(): ProbeSession;
  /** Takes a datagram; what belongs to no session is dropped without an answer. */
  accept(datagram: Datagram, from: UdpAddress): void;
  readonly count: number;
}

export interface ProbeSession {
  /** What the peer has to show. */
  readonly token: string;
  /** Sets the peer's token: its probes are answered from now on. */
  expect(peerToken: string): void;
  /** Sends probes to all of them until one answers; null where none did. @throws where the signal aborts */
  find(candidates: readonly UdpAddress[], signal: AbortSignal): Promise<UdpAddress | null>;
  /** Sends one probe to an address that has answered. */
  probe(address: UdpAddress): void;
  /** Answers that have come so far. */
  readonly answers: number;
  close(): void;
}

interface Candidate {
  readonly address: UdpAddress;
  readonly id: string;
}

interface Session {
  readonly candidates: Map<string, Candidate>;
  peerToken: string | undefined;
  answers: number;
  answered: { readonly second: number; count: number };
  onAnswer(address: UdpAddress): void;
}

export function createProber({ send, now }: ProberDeps): Prober {
  const sessions = new Map<string, Session>();

  const add = (session: Session, address: UdpAddress): Candidate | undefined => {
    const known = session.candidates.get(keyOf(address));
    if (known !== undefined || session.candidates.size >= maxCandidates) return known;
    const candidate = { address, id: randomBytes(probeIdBytes).toString("hex") };
    session.candidates.set(keyOf(address), candidate);
    return candidate;
  };
  const mayAnswer = (session: Session) => {
    const second = Math.floor(now() / 1000);
    if (session.answered.second !== second) session.answered = { second, count: 0 };
    return ++session.answered.count <= maxAnswersPerSecond;
  };
  const probe = ({ peerToken: token }: Session, { address, id }: Candidate) => {
    if (token !== undefined) send({ kind: "probe", token, id }, address);
  };

  return {
    get count() {
      return sessions.size;
    },
    accept(datagram, from) {
      const session = sessions.get(datagram.token);
      if (session?.peerToken === undefined || datagram.kind === "reflect") return;
      if (datagram.kind === "probe") {
        if (!mayAnswer(session)) return;
        send({ kind: "answer", token: session.peerToken, id: datagram.id }, from);
        add(session, from);
      } else if (session.candidates.get(keyOf(from))?.id === datagram.id) {
        session.answers++;
        session.onAnswer(from);
      }
    },
    open() {
      const token = randomBytes(tokenBytes).toString("hex");
      const session: Session = {
        candidates: new Map(),
        peerToken: undefined,
        answers: 0,
        answered: { second: 0, count: 0 },
        onAnswer: () => undefined,
      };
      sessions.set(token, session);
      return {
        token,
        expect(peerToken) {
          session.peerToken = peerToken;
        },
        async find(candidates, signal) {
          for (const address of candidates) add(session, address);
          const ended = new AbortController();
          let found: UdpAddress | null = null;
          session.onAnswer = (address) => {
            found ??= address;
            ended.abort();
          };
          const either = AbortSignal.any([signal, ended.signal]);
          let atMs = 0;
          for (const nextMs of schedule) {
            await delay(nextMs - atMs, undefined, { signal: either }).catch(() => signal.throwIfAborted());
            if (found !== null) break;
            atMs = nextMs;
            for (const candidate of session.candidates.values()) probe(session, candidate);
          }
          return found;
        },
        probe(address) {
          const candidate = add(session, address);
          if (candidate !== undefined) probe(session, candidate);
        },
        get answers() {
          return session.answers;
        },
        close: () => void sessions.delete(token),
      };
    },
  };
}
