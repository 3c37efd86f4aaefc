import type { Socket } from "node:net";
import { aliveEveryMs, answerTimeoutMs, type Timing, words } from "./protocol.ts";

/** The relay wants us connected, or the socket is dead. */
export type SocketEnding = "woken" | "lost";

/**
 * Waits on a socket that the relay has taken, says that we are there, and closes it where the relay no longer is, or says
 * what no relay says. It stays open when we are woken.
 */
export function waitOn(socket: Socket, timing: Timing): Promise<SocketEnding> {
  const { promise, resolve } = Promise.withResolvers<SocketEnding>();
  const answered = keepAlive(socket, timing);
  socket.on("data", (chunk: Buffer) => {
    for (const word of chunk) {
      if (word === words.alive) answered();
      else if (word === words.wake) resolve("woken");
      else return void socket.destroy();
    }
  });
  socket.once("end", () => socket.destroy());
  socket.once("close", () => resolve("lost"));
  return promise;
}

/** Returns what is to be called when the relay has answered. */
function keepAlive(socket: Socket, timing: Timing): () => void {
  let saidAtMs = timing.now();
  let isAnswered = true;
  const stop = timing.every(answerTimeoutMs, () => {
    const sinceMs = timing.now() - saidAtMs;
    if (!isAnswered && sinceMs >= answerTimeoutMs) return void socket.destroy();
    if (sinceMs < aliveEveryMs) return;
    [saidAtMs, isAnswered] = [timing.now(), false];
    socket.write(Uint8Array.of(words.alive));
  });
  socket.once("close", stop);
  return () => {
    isAnswered = true;
  };
}
