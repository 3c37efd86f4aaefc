import { readOrMakeAccount } from "./account.ts";
import { startIssuer } from "./issuer.ts";

// The issuer as a process of its own. Arguments: port, file of the account, client, and where browsers are sent back to.
const [port, accountFile, clientId, ...redirectUris] = process.argv.slice(2);
if (accountFile === undefined || clientId === undefined) throw new Error("expected a port, a file and a client");

const account = await readOrMakeAccount(accountFile);
const issuer = await startIssuer({
  port: Number(port),
  clientId,
  redirectUris,
  accounts: [{ ...account, email: `${account.name}@localhost`, emailVerified: true, groups: [] }],
});

const stop = async () => {
  await issuer.stop();
  process.exit();
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);
// A parent that started us and is gone leaves nobody to stop us.
process.once("disconnect", stop);
process.send?.("ready");
