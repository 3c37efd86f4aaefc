import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describedMetrics } from "../../scripts/generate/metrics.ts";
import { root } from "../../scripts/root.ts";
import { configOf, isPinned, type Manifest, metricsIn, read, readYaml } from "./manifests.ts";

const folder = "deploy/compose";
const values: Record<string, string> = {
  SHADOWMESH_DOMAIN: "example.org",
  PUBLIC_IP: "192.0.2.1",
  CHAIN_RPC_URL: "https://rpc.example.org",
  CHAIN_ID: "80002",
  SECOND_FACTOR_SECRET: "0123456789abcdef0123456789abcdef",
};

/** Compose's own interpolation: ${NAME}, ${NAME:-default} and ${NAME:?message}. */
const interpolate = (text: string) =>
  text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) =>
    values[name] === undefined && kind === "-" ? rest : (values[name] ?? "secret"),
  );

describe("deploy/compose", () => {
  let source: string;
  let compose: Manifest;
  let services: [string, Manifest][];
  let example: Map<string, string>;

  before(async () => {
    source = await read(`${folder}/compose.yaml`);
    compose = await readYaml(`${folder}/compose.yaml`);
    services = Object.entries(compose.services);
    const lines = (await read(`${folder}/example.env`)).split("\n").filter((line) => /^\w+=/.test(line));
    example = new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  });

  const portsOf = ({ ports = [] }: Manifest): string[] => ports.map(String);

  it("names each image by its version, and each file that it mounts is there", () => {
    for (const [name, { image, build }] of services) {
      if (build === undefined) expect(isPinned(image), `${name}: ${image}`).to.equal(true);
    }
    const mounts = services
      .flatMap(([, { volumes = [] }]) => volumes as string[])
      .map((volume) => volume.split(":")[0] ?? "");
    const files = mounts.filter((path) => path.startsWith("."));
    expect(files).to.have.length.greaterThan(5);
    for (const path of files) expect(existsSync(join(root, folder, path)), path).to.equal(true);
    const volumes = mounts.filter((path) => /^[\w-]+$/.test(path));
    expect(Object.keys(compose.volumes)).to.have.members(volumes);
  });

  it("asks in example.env for each value that it uses, and holds no secret", () => {
    const used = [...source.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? "");
    const optional = ["SHADOWMESH_VERSION"];
    expect([...example.keys()]).to.have.members([...new Set(used)].filter((name) => !optional.includes(name)));
    for (const [name, value] of example)
      if (/PASSWORD|_SECRET$/.test(name)) expect(["", "null"], name).to.include(value);
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment as Record<string, string>).filter(([name]) =>
        /PASSWORD|SECRET|AUTH$|DATABASE_URL/.test(name),
      ),
    );
    expect(secrets).to.have.length.greaterThan(8);
    for (const [name, value] of secrets) expect(value, name).to.match(/\$\{\w+[}:]/);
  });

  it("gives the backbones a configuration that the program takes", async () => {
    for (const name of ["backbone-1", "backbone-2"]) {
      const { environment, ports, networks } = compose.services[name];
      const given = Object.entries(environment as Record<string, string>).map(([key, value]) => [
        key,
        interpolate(value),
      ]);
      const { backbone, overlay, admin, chain } = await configOf(Object.fromEntries(given));
      expect(backbone).to.include({ enabled: true, port: 7780, tlsCertFile: null });
      expect(backbone.databaseUrl).to.equal("postgres://shadowmesh:secret@postgres:5432/shadowmesh");
      expect(chain.chainId).to.equal(80002);
      // X-Forwarded-For is believed of nginx alone.
      expect(backbone.trustProxy).to.deep.equal([compose.services.nginx.networks.front.ipv4_address]);
      const listening = [...new Set(overlay.listen.map((address) => address.split("/")[4]))];
      const published = [...listening, overlay.dataPort, `${overlay.udpPort}/udp`];
      expect(ports.map(String)).to.have.members(published.map((port) => `${String(port).replace(/\/.*/, "")}:${port}`));
      expect(overlay.announce.map((address) => address.split("/")[4])).to.deep.equal(listening);
      expect([overlay.mdns, overlay.portMapping]).to.deep.equal([false, false]);
      const realm = JSON.parse(interpolate(await read(`${folder}/keycloak/realm.json`)));
      const [client] = realm.clients;
      expect(admin.issuer).to.equal(`https://login.example.org/realms/${realm.realm}`);
      expect([admin.clientId, admin.clientSecret]).to.deep.equal([client.clientId, client.secret]);
      expect(client.redirectUris).to.deep.equal([admin.pageUrl]);
      expect(realm.groups.map((group: Manifest) => group.name)).to.include.members(admin.groups);
      expect(client.protocolMappers[0].config["claim.name"]).to.equal(admin.groupsClaim);
      expect(networks.front.ipv4_address).to.match(/^172\.28\.10\./);
    }
  });

  it("has nothing reachable but nginx, the overlay, and Grafana on this machine", () => {
    const published = services.flatMap(([name, service]) => portsOf(service).map((port) => `${name} ${port}`));
    const others = published.filter((port) => !/^backbone-\d 41\d\d:41\d\d(\/udp)?$/.test(port));
    expect(others).to.have.members(["nginx 80:80", "nginx 443:443", "grafana 127.0.0.1:3000:3000"]);
    const internal = Object.keys(compose.networks).filter((name) => compose.networks[name].internal === true);
    const networksOf = ({ networks }: Manifest) => (Array.isArray(networks) ? networks : Object.keys(networks));
    for (const name of ["postgres", "redis", "keycloak", "prometheus"]) {
      expect(internal, name).to.include.members(networksOf(compose.services[name]));
    }
  });

  it("waits for what has a health check, and takes every right away that is not needed", () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries((service.depends_on ?? {}) as Record<string, Manifest>)) {
        const waited = compose.services[other];
        expect(waited, `${name} waits for ${other}`).to.be.an("object");
        if (condition === "service_healthy") expect(waited.healthcheck, other).to.be.an("object");
      }
      expect(service.cap_drop, name).to.deep.equal(["ALL"]);
      expect(service.security_opt, name).to.deep.equal(["no-new-privileges:true"]);
      expect(service.read_only, name).to.equal(name !== "keycloak");
    }
  });

  it("wants a second factor of who signs in at the issuer", async () => {
    const realm = JSON.parse(await read(`${folder}/keycloak/realm.json`));
    const totp = realm.requiredActions.find(({ alias }: Manifest) => alias === "CONFIGURE_TOTP");
    expect(totp).to.include({ enabled: true, defaultAction: true });
    expect(realm).to.include({ bruteForceProtected: true, otpPolicyCodeReusable: false, registrationAllowed: false });
    expect(realm.clients[0]).to.include({ publicClient: false, directAccessGrantsEnabled: false });
    expect(realm.clients[0].attributes["pkce.code.challenge.method"]).to.equal("S256");
    const placeholders = [...JSON.stringify(realm).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? "");
    expect(Object.keys(compose.services.keycloak.environment)).to.include.members(placeholders);
  });

  it("alerts on metrics that exist, and each alert has its runbook", async () => {
    const metrics = describedMetrics().backbone.map(({ name }) => name);
    const { groups } = await readYaml(`${folder}/prometheus/alerts.yaml`);
    const runbooks = await read("docs/guides/incidents.md");
    const rules: Manifest[] = groups.flatMap(({ rules }: Manifest) => rules);
    expect(rules).to.have.length.greaterThan(5);
    for (const { alert, expr, annotations } of rules) {
      expect(metrics, alert).to.include.members(metricsIn(expr));
      expect(annotations.runbook).to.equal(`docs/guides/incidents.md#${alert.toLowerCase()}`);
      expect(runbooks).to.include(`\n### ${alert}\n`);
    }
    const { scrape_configs: jobs } = await readYaml(`${folder}/prometheus/prometheus.yaml`);
    expect(jobs[0].static_configs[0].targets).to.deep.equal(["backbone-1:7780", "backbone-2:7780"]);
  });
});
