import { createStack, type StackName } from "./stacks.ts";

// The far end of one stack, in a process of its own; tells its address and lives until its parent goes.
const stack = await createStack(process.argv[2] as StackName);
process.send?.({ type: "ready", address: await stack.listen() });
process.on("disconnect", () => process.exit());
process.on("SIGTERM", () => process.exit());
