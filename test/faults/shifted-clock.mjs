// Loaded into a daemon by `--import`, before all else: its machine's clock is `?aheadMs=` milliseconds ahead.
const aheadMs = Number(new URL(import.meta.url).searchParams.get("aheadMs"));
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + aheadMs);
    else super(...given);
  }

  static now() {
    return RightDate.now() + aheadMs;
  }
};
