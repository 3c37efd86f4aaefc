// Runs one program and ends it when the process that started us is gone, however that ended: a chain that outlives its
// network would keep the port, and two chains would write one state file.
import { spawn } from "node:child_process";

const [stopSignal, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], windowsHide: true });
const stop = () => child.kill(stopSignal);

process.on("disconnect", stop);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 0));
