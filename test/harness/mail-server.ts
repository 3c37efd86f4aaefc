import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface Mail {
  from: string;
  to: string[];
  /** Headers and body as they came. */
  source: string;
}

/** A real mail server on this machine: it takes what `user` sends, without encryption, until the password is another. */
export async function startMailServer({ user, password }: { user: string; password: string }) {
  const mails: Mail[] = [];
  const state = { refuses: false, password };
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth({ username, password: given }, _, done) {
      if (username === user && given === state.password) done(null, { user });
      else done(new Error("Invalid username or password"));
    },
    onData(stream, { envelope }, done) {
      text(stream).then((source) => {
        if (state.refuses) return done(new Error("the mailbox is full"));
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
        done();
      }, done);
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { mails, state, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
