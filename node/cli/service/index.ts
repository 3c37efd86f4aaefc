import { execFile } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Command, InvalidArgumentError } from "commander";
import { ShadowMeshError } from "../../core/errors.ts";
import { readIdentityFile } from "../../core/identity/index.ts";
import { packageFolder } from "../../core/package.ts";
import type { CliContext } from "../context.ts";
import { serviceErrors } from "./errors.ts";
import { planLaunchd } from "./launchd.ts";
import type { ServiceInput, ServicePlan } from "./plan.ts";
import { stopDaemon } from "./stop-daemon.ts";
import { planSystemd } from "./systemd.ts";
import { planTask } from "./task-scheduler.ts";

const execute = promisify(execFile);

const planners: Partial<Record<NodeJS.Platform, (input: ServiceInput) => ServicePlan>> = {
  linux: planSystemd,
  darwin: planLaunchd,
  win32: planTask,
};

interface ServiceOptions {
  name: string;
  system?: boolean;
  dryRun?: boolean;
}

export function addServiceCommands(program: Command, context: CliContext): void {
  program
    .command("service")
    .description("Run the daemon by the platform's service manager: systemd, launchd or Windows' Task Scheduler.")
    .argument("<action>", "install, uninstall or status")
    .option("--name <name>", "of the unit, agent or task", toName, "shadowmesh")
    .option("--system", "start at boot instead of with the user's session; Linux, as root")
    .option("--dry-run", "print the file and the commands, and change nothing")
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh service install\n  $ shadowmesh service install --data /srv/node --name second --dry-run\n  $ sudo shadowmesh service install --system --data /srv/node\n  $ shadowmesh service status",
    )
    .action(async (action: string, options: ServiceOptions, command: Command) => {
      const plan = createPlan(await describe(context.folder(), options));
      if (action === "install") await install(plan, options, context);
      else if (action === "uninstall") await uninstall(plan, options, context);
      else if (action === "status") await status(plan, context);
      else command.error(`error: unknown action '${action}': install, uninstall or status`);
    });
}

async function describe(folder: string, { name, system = false }: ServiceOptions): Promise<ServiceInput> {
  // A service without an identity would fail again and again, unseen.
  await readIdentityFile(folder);
  const { uid } = await stat(folder);
  const command = [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    join(packageFolder, "node/shadowmesh.mjs"),
    "up",
    "--data",
    folder,
  ] as const;
  return { name, command: [...command], folder, system, home: homedir(), uid };
}

function createPlan(input: ServiceInput): ServicePlan {
  const planner = planners[process.platform];
  if (planner === undefined) {
    throw new ShadowMeshError(serviceErrors.SERVICE_UNSUPPORTED, { details: { platform: process.platform } });
  }
  return planner(input);
}

async function install(plan: ServicePlan, { dryRun }: ServiceOptions, context: CliContext): Promise<void> {
  const { path, content, encoding } = plan.file;
  const answer = { file: path, commands: plan.install, logs: plan.logs, hint: plan.hint };
  if (dryRun) {
    context.print({ ...answer, content }, `${path}\n\n${content}\n${plan.install.map(toLine).join("\n")}`);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, encoding);
  try {
    await runAll(plan.install, context);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  context.print(
    answer,
    [`✓ installed and started: ${path}\n\nIts log: ${plan.logs}`, ...(plan.hint === null ? [] : [plan.hint])].join(
      "\n",
    ),
  );
}

async function uninstall(plan: ServicePlan, { dryRun }: ServiceOptions, context: CliContext): Promise<void> {
  const { path } = plan.file;
  const answer = { file: path, commands: plan.uninstall };
  if (dryRun) {
    context.print(answer, `${plan.uninstall.map(toLine).join("\n")}\nremoves ${path}`);
    return;
  }
  if (plan.kills) await stopDaemon(context, context.folder());
  await runAll(plan.uninstall, context);
  await rm(path, { force: true });
  context.print(answer, "✓ stopped and removed; the data folder is untouched");
}

async function status(plan: ServicePlan, context: CliContext): Promise<void> {
  const [program, ...args] = plan.status;
  const active = await execute(program, args).then(
    () => true,
    () => false,
  );
  context.print({ active, file: plan.file.path, logs: plan.logs }, active ? "The service runs." : "It does not run.");
}

async function runAll(commands: ServicePlan["install"], context: CliContext): Promise<void> {
  for (const line of commands) {
    const [program, ...args] = line;
    context.say(`› ${toLine(line)}`);
    await execute(program, args).catch((cause: Error & { stderr?: string }) => {
      const details = { command: toLine(line), said: cause.stderr?.trim() || cause.message };
      throw new ShadowMeshError(serviceErrors.SERVICE_COMMAND_FAILED, { cause, details });
    });
  }
}

function toLine(command: readonly string[]): string {
  return command.map((part) => (/^[\w./:@=-]+$/.test(part) ? part : JSON.stringify(part))).join(" ");
}

function toName(text: string): string {
  if (!/^[\w-]{1,64}$/.test(text)) throw new InvalidArgumentError("expected letters, digits, - and _");
  return text;
}
