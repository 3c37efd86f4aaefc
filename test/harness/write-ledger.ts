import { createLedger } from "../../node/services/payments/ledger.ts";

// Writes a client's growing count to a ledger, saying each time what is written, until the process is killed.
const ledger = createLedger(process.argv[2] ?? "", Date.now);
const entry = ledger.client("0x00000000000000000000000000000000000000aa");
const write = () => {
  entry.relayedBytes += 2 ** 20;
  entry.chargedWei += 10n ** 30n;
  ledger.saveClients([entry]);
  process.send?.(entry.relayedBytes);
  setImmediate(write);
};
write();
