import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { temporaryFolders } from "../../../../harness/folder.ts";
import { createMesh } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";

const script = fileURLToPath(new URL("../../../../harness/behind-gateway.ts", import.meta.url));
/** Of a network that is public by its number; in the namespaces it is nobody else's. */
const publicHost = "1.2.3.1";
const nextHost = "1.2.3.9";
/** The router keeps 4103 for itself. */
const ports = ["tcp 4100 to 4100", "tcp 4102 to 4102", "udp 4104 to 4103"];

describe("core/overlay/port-mapping", function () {
  this.timeout(600_000);
  const newNode = createMesh();
  const newFolder = temporaryFolders();

  it("asks no router where it is switched off, or where the node listens on loopback alone", async () => {
    const off = await newNode(1, { portMapping: false });
    expect(off.overlay.portMapping.status().hindrance?.code).to.equal("MAPPING_OFF");
    const onLoopback = await newNode(2, { portMapping: true });
    await until(() => onLoopback.overlay.portMapping.status().hindrance?.code === "MAPPING_NOT_NEEDED");
    expect(onLoopback.overlay.portMapping.status()).to.include({ protocol: null, externalHost: null });
  });

  describe("behind a router", () => {
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const unshare = [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

    before(function () {
      const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
      const tools = ["ip", "nft", "ss", "sysctl", "miniupnpd"];
      const missing = tools.filter((tool) => !works("sh", "-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`));
      const reason =
        missing.length > 0
          ? `there is no ${missing.join(", ")} here`
          : works("unshare", ...unshare, "true")
            ? null
            : "network namespaces can't be made here";
      if (reason === null) return;
      console.warn(`      ! ${reason}: skipped`);
      this.skip();
    });

    async function behind(protocol: string, externalHost: string, expected = "", next = "") {
      const args = [...unshare, process.execPath, script, await newFolder(), protocol, externalHost, expected, next];
      const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
      const { stdout } = await promisify(execFile)("unshare", args, { env, timeout: 500_000, killSignal: "SIGKILL" });
      return JSON.parse(stdout);
    }

    /** Beside each other: they wait for answers that don't come. */
    const tried = {
      "NAT-PMP": () => behind("NAT-PMP", publicHost, "", nextHost),
      UPnP: () => behind("UPnP", publicHost, "", nextHost),
      refusing: () => behind("NAT-PMP", "192.168.5.1", "MAPPING_REFUSED"),
      none: () => behind("none", publicHost, "NO_GATEWAY"),
    };
    let told: Record<keyof typeof tried, Awaited<ReturnType<typeof behind>>>;
    before(async () => {
      const entries = Object.entries(tried).map(async ([name, run]) => [name, await run()]);
      told = Object.fromEntries(await Promise.all(entries));
    });

    for (const protocol of ["NAT-PMP", "UPnP"] as const) {
      it(`has it forward the ports by ${protocol}, announces that, and takes it back at the end`, () => {
        const { addresses, moved: _, restarted: __, ...rest } = told[protocol];
        expect(rest).to.deep.equal({
          protocol,
          externalHost: publicHost,
          ports,
          hindrance: null,
          rulesThen: ports.length,
          reached: true,
          reflected: [{ host: publicHost.replace(/\d+$/, "2"), port: 4103 }],
          rulesAfter: 0,
        });
        expect(addresses).to.have.length(1);
        expect(addresses[0]).to.match(/^\/ip4\/1\.2\.3\.1\/tcp\/4100\/p2p\//);
      });
    }

    for (const protocol of ["NAT-PMP", "UPnP"] as const) {
      it(`notices by ${protocol} that the router has another address, and proves it as a move`, () => {
        const { addresses: before, moved } = told[protocol];
        expect(moved).to.include({ externalHost: nextHost, reached: true });
        expect(moved.addresses).to.deep.equal([before[0].replace(publicHost, nextHost)]);
        expect(moved.replaced).to.deep.equal(before);
        expect(moved.announced, "heard of it from the router").to.equal(protocol === "NAT-PMP");
      });
    }

    it("has a router that was started anew forward the ports again", () => {
      expect(told["NAT-PMP"].restarted).to.deep.equal({ before: 0, after: ports.length });
    });

    it("says that the router refuses, as miniupnpd does where its own address is private", () => {
      const nothing = { protocol: null, addresses: [], ports: [] };
      expect(told.refusing).to.deep.include({ ...nothing, hindrance: "MAPPING_REFUSED" });
    });

    it("says that no router answers", () => {
      const nothing = { protocol: null, addresses: [], ports: [] };
      expect(told.none).to.deep.include({ ...nothing, hindrance: "NO_GATEWAY" });
    });
  });
});
