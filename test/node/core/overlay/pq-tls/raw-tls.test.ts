import { X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { generateCertificate } from "@libp2p/tls/utils";
import { multiaddr } from "@multiformats/multiaddr";
import { expect } from "chai";
import type { ShadowMeshError } from "../../../../../node/core/errors.ts";
import { keyExchangeGroup } from "../../../../../node/core/overlay/pq-tls/index.ts";
import { type Forgery, forgeCertificate, newMlDsaKey } from "../../../../harness/forge-certificate.ts";
import { identityOf } from "../../../../harness/identities.ts";
import { type Libp2pPeer, startLibp2pPeer } from "../../../../harness/libp2p-peer.ts";
import { dialRaw, listenRaw, type RawPeer } from "../../../../harness/raw-tls.ts";
import { until } from "../../../../harness/until.ts";

const ecdsa = async () => ({ ALPNProtocols: ["libp2p"], ...(await generateCertificate(identityOf(9).libp2pKey)) });
const mlDsa = { sigalgs: "mldsa87", ecdhCurve: keyExchangeGroup, ALPNProtocols: ["/yamux/1.0.0", "libp2p"] };

/** Peers that are not libp2p and choose each part of TLS for themselves; none of them may be let in, nor be dialled. */
interface Outsider {
  tls(): Promise<RawPeer["tls"]>;
  /** Why we refuse it. @default OpenSSL finds nothing to agree on */
  reason?: RegExp;
}
const outsiders: Record<string, Outsider> = {
  "only X25519 for key exchange": {
    tls: async () => ({ ...mlDsa, ...(await forgeCertificate()), ecdhCurve: "X25519" }),
  },
  "only P-256 for key exchange": { tls: async () => ({ ...mlDsa, ...(await forgeCertificate()), ecdhCurve: "P-256" }) },
  "only ML-KEM with P-256 for key exchange": {
    tls: async () => ({ ...mlDsa, ...(await forgeCertificate()), ecdhCurve: "SecP256r1MLKEM768" }),
  },
  "a hybrid key exchange, but an ECDSA certificate": {
    tls: async () => ({ ...(await ecdsa()), ecdhCurve: keyExchangeGroup }),
  },
  "an ECDSA certificate and no hybrid key exchange": { tls: async () => ({ ...(await ecdsa()), ecdhCurve: "P-256" }) },
  "TLS 1.2 at the most": { tls: async () => ({ ...(await ecdsa()), minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }) },
  "no certificate": { tls: async () => ({ ecdhCurve: keyExchangeGroup, ALPNProtocols: ["libp2p"] }) },
};

const forgeries: [string, RegExp, () => Promise<Forgery>][] = [
  ["that lacks the node key", /lacks the node key/, async () => ({ extensions: 0 })],
  [
    "whose node key did not sign it",
    /did not sign/,
    async () => ({ nodeKey: identityOf(2).libp2pKey, extensionSignedBy: await generateKeyPair("secp256k1") }),
  ],
  ["of an Ed25519 node key", /not secp256k1/, async () => ({ nodeKey: await generateKeyPair("Ed25519") })],
  ["that another key signed", /not signed by its own key/, async () => ({ signedBy: newMlDsaKey() })],
  ["over 16 KiB", /too large/, async () => ({ padding: 9_000 })],
];
for (const [what, reason, forgery] of forgeries) {
  const tls = async () => ({ ...mlDsa, ...(await forgeCertificate(await forgery())) });
  outsiders[`an ML-DSA-87 certificate ${what}`] = { tls, reason };
}

describe("core/overlay/pq-tls against node:tls", () => {
  let ours: Libp2pPeer;
  before(async () => {
    ours = await startLibp2pPeer({ identity: identityOf(1) });
  });
  after(() => ours.node.stop());
  beforeEach(() => {
    ours.handshakes.length = 0;
  });

  const dialed = (port: number) =>
    ours.node.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`)).catch((error: unknown) => error);
  const outcome = () => until(() => ours.handshakes[0]);
  const expectRefusal = async (reason = /alert|no suitable|unsupported|no certificate/) => {
    const { error } = (await outcome()) ?? {};
    expect(error).to.have.property("code", "HANDSHAKE_REFUSED");
    expect((error as ShadowMeshError).details.reason).to.match(reason);
    expect(ours.node.getConnections()).to.deep.equal([]);
  };

  it("lets a client with a hybrid key exchange and an honest certificate in", async () => {
    const honest = await forgeCertificate({ nodeKey: identityOf(2).libp2pKey, mlDsaKey: identityOf(2).mlDsaKey });
    const socket = await dialRaw(ours.port, { tls: { ...mlDsa, ...honest } });
    if (!(socket instanceof TLSSocket)) throw socket;
    expect((await outcome())?.error).to.equal(undefined);
    expect(socket.getEphemeralKeyInfo()).to.have.property("name", "X25519MLKEM768");
    expect(socket.getProtocol()).to.equal("TLSv1.3");
    expect(new X509Certificate(socket.getPeerCertificate().raw).publicKey.asymmetricKeyType).to.equal("ml-dsa-87");
    expect(ours.peerIdOf(ours.node.getPeers()[0] as never)).to.equal(identityOf(2).peerId);
    socket.destroy();
    await until(() => ours.node.getConnections().length === 0);
  });

  it("resumes no session: each connection proves both keys anew", async () => {
    const honest = await forgeCertificate({ nodeKey: identityOf(2).libp2pKey, mlDsaKey: identityOf(2).mlDsaKey });
    const sessions: Buffer[] = [];
    const first = await dialRaw(ours.port, {
      tls: { ...mlDsa, ...honest },
      onSession: (session) => sessions.push(session),
    });
    if (!(first instanceof TLSSocket)) throw first;
    const session = await until(() => sessions[0]);
    first.destroy();
    const second = await dialRaw(ours.port, { tls: { ...mlDsa, ...honest, session } });
    // OpenSSL ends the connection, or goes on as if no session had been offered.
    expect(second instanceof TLSSocket && second.isSessionReused()).to.equal(false);
    if (second instanceof TLSSocket) second.destroy();
    await until(() => ours.node.getConnections().length === 0);
  });

  for (const [what, { tls, reason }] of Object.entries(outsiders)) {
    it(`lets no client in that brings ${what}`, async () => {
      expect(await dialRaw(ours.port, { tls: await tls() })).to.be.instanceOf(Error);
      await expectRefusal(reason);
    });

    it(`dials no listener that brings ${what}`, async () => {
      const listener = await listenRaw({ tls: await tls() });
      try {
        expect(await dialed(listener.port)).to.be.instanceOf(Error);
        await expectRefusal(reason);
      } finally {
        listener.close();
      }
    });
  }
});
