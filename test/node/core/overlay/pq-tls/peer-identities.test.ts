import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { expect } from "chai";
import { createPeerIdentities } from "../../../../../node/core/overlay/pq-tls/index.ts";
import { expectThrownCode } from "../../../../harness/expect-code.ts";
import { identityOf } from "../../../../harness/identities.ts";

describe("core/overlay/pq-tls/peer-identities", () => {
  const [alice, bob] = [identityOf(1), identityOf(2)];
  const libp2pId = peerIdFromPrivateKey(alice.libp2pKey);

  it("knows a peer for as long as one of its connections lasts, in whatever order they end", () => {
    const identities = createPeerIdentities();
    const endFirst = identities.prove(libp2pId, alice.peerId);
    // It is back before the end of the old connection is heard of.
    const endSecond = identities.prove(libp2pId, alice.peerId);
    endFirst();
    endFirst();
    expect(identities.peerIdOf(libp2pId)).to.equal(alice.peerId);
    endSecond();
    expect(identities.peerIdOf(libp2pId)).to.equal(undefined);
  });

  it("does not let the late end of an old connection take a new one's proof", () => {
    const identities = createPeerIdentities();
    const endOld = identities.prove(libp2pId, alice.peerId);
    endOld();
    identities.prove(libp2pId, alice.peerId);
    endOld();
    expect(identities.peerIdOf(libp2pId)).to.equal(alice.peerId);
  });

  it("takes another ID of one node key only after the last connection with the first", () => {
    const identities = createPeerIdentities();
    const end = identities.prove(libp2pId, alice.peerId);
    expectThrownCode(() => identities.prove(libp2pId, bob.peerId), "WRONG_PEER");
    end();
    identities.prove(libp2pId, bob.peerId);
    expect(identities.peerIdOf(libp2pId)).to.equal(bob.peerId);
  });
});
