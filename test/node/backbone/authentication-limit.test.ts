import { expect } from "chai";
import { createAuthenticate, maxChecks } from "../../../node/backbone/auth/authentication.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { identityOf } from "../../harness/identities.ts";

describe("backbone/auth under load", () => {
  it("refuses what it cannot check soon, before it takes the challenge, and takes answers again later", async () => {
    const { peerId, nodeAddress, mlDsaPublicKey: publicKey } = identityOf(1);
    const proof = {
      peerId,
      nodeAddress,
      publicKey,
      challenge: `0x${"00".repeat(32)}`,
      signature: new Uint8Array(),
    } as const;
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    const authenticate = createAuthenticate({
      refusals: { count: () => undefined },
      challenges: {
        issue: () => Promise.reject(new Error("nobody asks")),
        purge: async () => undefined,
        consume: () => {
          taken += 1;
          return gate.promise;
        },
      },
      sessions: {
        issue: () => Promise.reject(new Error("nobody is let in")),
        verify: () => Promise.reject(new Error()),
      },
      requireRegistered: async () => undefined,
    });
    const waiting = Array.from({ length: maxChecks }, () => expectCode(authenticate(proof), "SIGNATURE_INVALID"));
    await expectCode(authenticate(proof), "AUTH_BUSY");
    expect(taken).to.equal(maxChecks);
    gate.resolve();
    await Promise.all(waiting);
    await expectCode(authenticate(proof), "SIGNATURE_INVALID");
  });
});
