import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { daemonRoutes } from "../node/api/daemon.ts";
import { registrationText } from "../node/cli/registration-text.ts";
import { buildDaemon, buildGui } from "./build.ts";
import { accounts, holdNetwork, type Network, newcomer, startNetwork } from "./network/index.ts";
import { root } from "./root.ts";

// `npm start`: everything set up and running, from a fresh clone or resumed.
const startedAt = performance.now();
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
const step = (text: string) => console.log(`${seconds()}  › ${text}`);

const usage = `Sets up and runs a whole mesh on this machine: chain, contracts, backbone, nodes, your own node and its GUI.

  --folder <folder>   a mesh of its own in this folder, on free ports; without it the one of this clone is resumed

Examples:
  $ npm start
  $ npm start -- --folder /tmp/second-mesh`;

// A terminal that was closed takes no more lines; the network is stopped all the same.
process.stdout.on("error", () => undefined);

const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
});

try {
  const { values } = parseArgs({ options: { folder: { type: "string" }, help: { type: "boolean", short: "h" } } });
  if (values.help) {
    console.log(usage);
    process.exit();
  }
  // A mesh in a folder of its own stands beside the one of this clone, and leaves it the ports that people remember.
  const folder = values.folder === undefined ? join(root, ".shadowmesh") : resolve(values.folder);
  const [devnet, newcomerFolder] = [join(folder, "devnet"), join(folder, "node")];
  // Before anything is built: a mesh that runs loads parts of the bundle on demand.
  const lock = await holdNetwork(devnet, newcomerFolder);
  step("building the daemon, if its sources changed");
  await buildDaemon();
  step("building the GUI, if its sources changed (the first time takes about a minute)");
  await buildGui();
  const anyPorts = values.folder !== undefined;
  const starting = startNetwork({ folder: devnet, newcomerFolder, anyPorts, issuer: true, onStep: step });
  const network = await Promise.race([starting, stopped]);
  if (network === undefined) {
    await starting.then((late) => late.stop()).catch(() => undefined);
  } else {
    await welcome(network, values.folder === undefined ? "" : ` --data ${newcomerFolder}`);
    await stopped;
    console.log("\nStopping …");
    await network.stop();
    console.log("Stopped. The next `npm start` resumes the same chain and identities.");
  }
  lock.release();
} catch (error) {
  console.error(`✗ ${(error as Error).message}`);
  process.exitCode = 1;
}

/** `data` is what leads a command to your node where its folder alone does not. */
async function welcome({ node, chain, nexusAddress, backboneUrl, issuer }: Network, data: string): Promise<void> {
  const you = node(newcomer);
  const [{ url: link }, { registration }] = await Promise.all([
    you.client.call(daemonRoutes.createSignInLink, {}),
    you.status(),
  ]);
  const account = chain.account(accounts.newcomer);
  const { privateKey } = account.getHdKey();
  const key = `0x${Buffer.from(privateKey ?? []).toString("hex")}`;
  console.log(`
${seconds()}  ✓ The mesh runs.

  GUI, signed in (works once)   ${link}
  Admin's page of the backbone  ${backboneUrl("backbone")}/admin/
                                (name and password are in ${issuer?.accountFile})
  Chain RPC and id              ${chain.rpcUrl}  ·  31337
  NodeNexus                     ${nexusAddress}
  Development key for MetaMask  ${key}
                                (${account.address}; 10,000 SHM of this chain alone. Never use it elsewhere.)
  Your node                     ${you.peerId}, ${registrationText(registration)}
  A node to look for            ${node("private").peerId}, which can only be reached through a relay

  Try next, in another terminal of this folder:
    npx shadowmesh status${data}
    npx shadowmesh lookup ${node("private").peerId}${data}
    npx shadowmesh gui${data}          a new sign-in link

  Ctrl-C stops everything.${chain.keepsState ? "" : "\n  There is no anvil for this machine: the chain runs on Hardhat and is lost when it stops."}
`);
}
