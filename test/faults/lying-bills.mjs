// Loaded into a daemon by `--import`, before all else: the bills that it writes as a relay say tenfold what was relayed.
const { stringify } = JSON;
/** As the daemon has it: in what goes onto the wire the amounts are text, and tenfold already. */
const isBill = (value) => typeof value?.billableBytes === "number" && typeof value.dueWei === "bigint";

JSON.stringify = (value, ...rest) =>
  isBill(value)
    ? stringify({ ...value, billableBytes: value.billableBytes * 10, dueWei: value.dueWei * 10n }, ...rest)
    : stringify(value, ...rest);
