import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type PeerCertificate, type SecureVersion, type TLSSocket } from "node:tls";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { generateCertificate } from "@libp2p/tls/utils";
import { expect } from "chai";
import type { HttpServer } from "../../../node/api/server.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { eventually } from "../backbone/fixture.ts";
import { createTestServer } from "./fixture.ts";

describe("api/tls", function () {
  this.timeout(180_000);
  let folder: string;
  let server: HttpServer | undefined;
  const files = () => ({ certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-tls-"));
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  async function renew(): Promise<void> {
    const { cert, key } = await generateCertificate(await generateKeyPair("Ed25519"));
    await writeFile(files().certFile, cert);
    await writeFile(files().keyFile, key);
  }
  async function serve(minVersion: SecureVersion): Promise<HttpServer> {
    await renew();
    server = await createTestServer({ tls: { ...files(), minVersion, lookMs: 20 } });
    await server.start(AbortSignal.timeout(60_000));
    return server;
  }
  /** A handshake; what the client offered at the most may be too old. */
  async function meet(maxVersion?: SecureVersion): Promise<{ protocol: string | null; certificate: PeerCertificate }> {
    const socket: TLSSocket = connect({
      port: Number(new URL(server?.url ?? "").port),
      host: "127.0.0.1",
      // Made by itself a moment ago: there is no authority to ask.
      rejectUnauthorized: false,
      maxVersion,
    });
    await once(socket, "secureConnect");
    const met = { protocol: socket.getProtocol(), certificate: socket.getPeerCertificate() };
    socket.destroy();
    return met;
  }

  it("speaks TLS 1.3, and 1.2 where told to alone", async () => {
    await serve("TLSv1.3");
    expect((await meet()).protocol).to.equal("TLSv1.3");
    const refused = await meet("TLSv1.2").then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(refused).to.equal("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
    await server?.stop();
    await serve("TLSv1.2");
    expect((await meet("TLSv1.2")).protocol).to.equal("TLSv1.2");
  });

  it("answers over HTTPS, and has browsers insist on it", async () => {
    const { url } = await serve("TLSv1.3");
    expect(url).to.match(/^https:/);
    const [answer] = await once(request(`${url}/`, { rejectUnauthorized: false, agent: false }).end(), "response");
    answer.resume();
    expect(answer.statusCode).to.equal(404);
    expect(answer.headers["strict-transport-security"]).to.equal("max-age=31536000; includeSubDomains");
  });

  it("takes a new certificate without a restart, and keeps the old one while the new is broken", async () => {
    await serve("TLSv1.3");
    const { fingerprint256 } = (await meet()).certificate;
    await writeFile(files().keyFile, "half a key");
    expect((await meet()).certificate.fingerprint256).to.equal(fingerprint256);
    await renew();
    const renewed = await eventually(meet, ({ certificate }) => certificate.fingerprint256 !== fingerprint256);
    expect(renewed.protocol).to.equal("TLSv1.3");
  });

  it("names the files where they are none", async () => {
    await writeFile(files().certFile, "nothing");
    const made = createTestServer({ tls: { ...files(), minVersion: "TLSv1.3" } });
    const { details } = await expectCode(made, "TLS_FILES_INVALID");
    expect(details).to.deep.equal(files());
  });
});
