import { z } from "zod";
import { portSchema, ticketSchema } from "../lanes/index.ts";

/** Asks a relay that holds a reservation for us for the ticket of a waiting socket. */
export const parkProtocol = "/shadowmesh/park/1.0.0";

/** The relay's data port, and the ticket that opens a waiting socket there; of reasons for a refusal nothing is told. */
export const parkAnswerSchema = z.object({ port: portSchema, ticket: ticketSchema });
export type ParkAnswer = z.infer<typeof parkAnswerSchema>;

/** All that is said on a waiting socket after the ticket, a byte each. */
export const words = {
  /** The relay: the ticket is good, and from now on it wakes us here. */
  parked: 0x50,
  /** The client: I am there; and the relay: so am I. */
  alive: 0x41,
  /** The relay: come, somebody asks for you. */
  wake: 0x57,
} as const;

/** How often a client says that it is there: NATs forget what is silent for some minutes, some after one. */
export const aliveEveryMs = 45_000;
/** As long as a relay may take to answer on a connection: a busy machine takes long. */
export const answerTimeoutMs = 15_000;

/** The time by which silence is measured. */
export interface Timing {
  /** Milliseconds that only grow. */
  now(): number;
  /** Returns what ends it. */
  every(ms: number, run: () => void): () => void;
}

export const systemTiming: Timing = {
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
