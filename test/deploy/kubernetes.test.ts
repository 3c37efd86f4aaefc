import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { root } from "../../scripts/root.ts";
import { configOf, isPinned, type Manifest, readAllYaml, readYaml } from "./manifests.ts";

const base = "deploy/kubernetes/base";
const production = "deploy/kubernetes/production";

describe("deploy/kubernetes", () => {
  let all: Manifest[];
  let pod: Manifest;
  let labels: Record<string, string>;

  before(async () => {
    const { resources } = await readYaml(`${base}/kustomization.yaml`);
    all = (await Promise.all(resources.map((path: string) => readAllYaml(`${base}/${path}`)))).flat();
    ({
      spec: pod,
      metadata: { labels },
    } = one("StatefulSet").spec.template);
  });

  const of = (kind: string): Manifest[] => all.filter((manifest) => manifest.kind === kind);
  function one(kind: string): Manifest {
    const [found, ...more] = of(kind);
    expect(more, kind).to.deep.equal([]);
    return found ?? expect.fail(`there is no ${kind}`);
  }
  const container = () => pod.containers[0];

  it("takes in each file, and patches only what is there", async () => {
    for (const folder of [base, production]) {
      const { resources, patches = [] } = await readYaml(`${folder}/kustomization.yaml`);
      const named = [...resources, ...patches.map(({ path }: Manifest) => path)].filter(
        (path: string) => !path.startsWith(".."),
      );
      const files = (await readdir(join(root, folder))).filter((file) => file !== "kustomization.yaml");
      expect(named).to.have.members(files);
    }
    const patch = await readYaml(`${production}/config.yaml`);
    expect(all.some(({ kind, metadata }) => kind === patch.kind && metadata.name === patch.metadata.name)).to.equal(
      true,
    );
    for (const key of Object.keys(patch.data)) expect(one("ConfigMap").data).to.have.property(key);
    const { images } = await readYaml(`${production}/kustomization.yaml`);
    for (const { image } of [...pod.initContainers, ...pod.containers]) {
      expect(isPinned(image), image).to.equal(true);
      expect(images.map(({ name }: Manifest) => name)).to.include(image.split(":")[0]);
    }
    for (const { newName, newTag } of images) expect(isPinned(`${newName}:${newTag}`)).to.equal(true);
  });

  it("selects the backbones' pods everywhere, by ports that they have", () => {
    const set = one("StatefulSet");
    const ports = new Set(container().ports.map(({ name }: Manifest) => name));
    const chosen = [
      set.spec.selector.matchLabels,
      one("PodDisruptionBudget").spec.selector.matchLabels,
      pod.topologySpreadConstraints[0].labelSelector.matchLabels,
      ...of("NetworkPolicy").flatMap(({ spec }) => spec.podSelector.matchLabels ?? []),
      ...of("Service").map(({ spec }) => spec.selector),
    ];
    expect(chosen).to.have.length.greaterThan(10);
    for (const { "statefulset.kubernetes.io/pod-name": name = "backbone-0", ...selector } of chosen) {
      expect(labels).to.deep.include(selector);
      expect(name).to.match(new RegExp(`^${set.metadata.name}-\\d$`));
    }
    for (const { metadata, spec } of of("Service")) {
      for (const { targetPort } of spec.ports) expect(ports, metadata.name).to.include(targetPort);
    }
    const services = of("Service").map(({ metadata }) => metadata.name);
    expect(services).to.include(set.spec.serviceName);
    const ingress = one("Ingress").spec;
    for (const { host, http } of ingress.rules) {
      expect(ingress.tls[0].hosts).to.include(host);
      for (const { path, backend } of http.paths) {
        expect(services, `${host}${path}`).to.include(backend.service.name);
        // The honeypots lie all over, and the backbone itself shows its metrics to nobody who comes this way.
        expect(path).to.equal("/");
      }
    }
  });

  it("asks for health where the backbone answers it", () => {
    const { startupProbe, livenessProbe, readinessProbe } = container();
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      const { pathname, searchParams } = new URL(probe.httpGet.path, "http://pod");
      const route = Object.values(backboneRoutes).find(({ path }) => path === pathname);
      expect(route?.access, pathname).to.equal("public");
      expect(route?.input.safeParse(Object.fromEntries(searchParams)).data).to.deep.equal(
        Object.fromEntries(searchParams),
      );
      expect(container().ports.map(({ name }: Manifest) => name)).to.include(probe.httpGet.port);
    }
    expect(livenessProbe.httpGet.path).to.equal(backboneRoutes.health.path);
  });

  it("gives a configuration that the program takes, its secrets by reference, and ports that it listens on", async () => {
    expect(of("Secret")).to.deep.equal([]);
    const { data, metadata } = one("ConfigMap");
    const refs = container().envFrom.map(({ configMapRef, secretRef }: Manifest) => (configMapRef ?? secretRef).name);
    expect(refs).to.deep.equal([metadata.name, "backbone"]);
    const { backbone, overlay } = await configOf({
      ...data,
      DATABASE_URL: "postgres://shadowmesh:secret@postgres/shadowmesh",
      SHADOWMESH_BACKBONE_REDIS_URL: "redis://:secret@redis",
      SHADOWMESH_ADMIN_CLIENT_SECRET: "secret",
      SHADOWMESH_ADMIN_SECOND_FACTOR_SECRETS: JSON.stringify(["s".repeat(44)]),
      SHADOWMESH_WEBHOOKS_SECRET: `whsec_${"A".repeat(43)}=`,
    });
    expect(backbone.enabled).to.equal(true);
    const listening = [backbone.port, ...new Set(overlay.listen.map((address) => Number(address.split("/")[4])))];
    const ports = container().ports.map(({ containerPort }: Manifest) => containerPort);
    expect(ports).to.deep.equal([...listening, overlay.dataPort, overlay.udpPort]);
    const policy = of("NetworkPolicy").find(({ metadata: { name } }) => name === "backbone");
    const open = policy.spec.ingress.flatMap(({ ports }: Manifest) => ports.map(({ port }: Manifest) => port));
    expect(open).to.have.members(ports);
    // The API is for the ingress controller and Prometheus alone, whose X-Forwarded-For may be believed.
    for (const { from, ports: allowed } of policy.spec.ingress) {
      if (allowed.some(({ port }: Manifest) => port === backbone.port)) expect(from).to.have.length(2);
    }
    const deny = of("NetworkPolicy").find(({ metadata: { name } }) => name === "default-deny");
    expect(deny.spec).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("takes every right away that is not needed", () => {
    expect(pod.automountServiceAccountToken).to.equal(false);
    expect(pod.securityContext).to.deep.include({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(one("Namespace").metadata.labels["pod-security.kubernetes.io/enforce"]).to.equal("restricted");
    for (const { name, securityContext, resources } of [...pod.initContainers, ...pod.containers]) {
      expect(securityContext, name).to.deep.equal({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(resources.requests, name).to.have.all.keys("cpu", "memory");
      expect(resources.limits, name).to.have.property("memory");
    }
  });

  it("lets no more pods be made than have a name and an overlay of their own", () => {
    const { scaleTargetRef, minReplicas, maxReplicas } = one("HorizontalPodAutoscaler").spec;
    const set = one("StatefulSet");
    expect(scaleTargetRef).to.deep.equal({ apiVersion: set.apiVersion, kind: set.kind, name: set.metadata.name });
    // Both would decide, one after the other.
    expect(set.spec).to.not.have.property("replicas");
    expect(minReplicas).to.be.at.least(2);
    const services = of("Service").map(({ metadata }) => metadata.name);
    const backends = one("Ingress").spec.rules.map(({ http }: Manifest) => http.paths[0].backend.service.name);
    for (let n = 0; n < maxReplicas; n++) {
      expect(services).to.include.members([`backbone-${n}`, `backbone-${n}-overlay`]);
      expect(backends).to.include(`backbone-${n}`);
    }
  });
});
