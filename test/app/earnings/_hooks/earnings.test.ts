import { expect } from "chai";
import { parseEther } from "viem";
import { byDay, daysCsv } from "../../../../app/earnings/_hooks/days.ts";
import { feePercent, redeemPlan } from "../../../../app/earnings/_hooks/redeem-plan.ts";
import type { Earnings, RedeemableVoucher } from "../../../../node/services/payments/api.ts";

const at = (text: string) => Date.parse(text);
const peerId = `0x${"ab".repeat(20)}` as const;

function voucher(number: number): RedeemableVoucher {
  const r = `0x${"22".repeat(32)}` as const;
  const payer = `0x${"33".repeat(20)}` as const;
  return { client: peerId, payer, number, cumulativeWei: "9", r, vs: r, unredeemedWei: `${parseEther("0.5")}` };
}

describe("app/earnings", () => {
  it("sums payments by UTC day, the latest first", () => {
    const days = byDay([
      { atMs: at("2026-01-01T23:59:59Z"), commissionWei: 1n, toStakeWei: 2n },
      { atMs: at("2026-01-02T00:00:00Z"), commissionWei: 10n, toStakeWei: 20n },
      { atMs: at("2026-01-01T00:00:00Z"), commissionWei: 3n, toStakeWei: 4n },
    ]);
    expect(days).to.deep.equal([
      { date: "2026-01-02", payments: 1, commissionWei: 10n, toStakeWei: 20n },
      { date: "2026-01-01", payments: 2, commissionWei: 4n, toStakeWei: 6n },
    ]);
    expect(daysCsv(days).split("\r\n")[2]).to.equal("2026-01-01,relaying,2,0.000000000000000004,0.000000000000000006");
  });

  it("hands fifty vouchers in at once, and tells what all of them pay", () => {
    const { calls, paysWei } = redeemPlan(
      peerId,
      Array.from({ length: 101 }, (_, index) => voucher(index)),
    );
    expect(calls.map(({ args }) => (args[1] as unknown[]).length)).to.deep.equal([50, 50, 1]);
    expect(paysWei).to.equal(parseEther("50.5"));
  });

  it("says what part the gas takes, where it is known and there is something to redeem", () => {
    const of = (redeemableWei: string, redeemFeeWei: string | null) =>
      feePercent({ redeemFeeWei, total: { redeemableWei } as Earnings["total"] });
    expect(of("1000", "25")).to.equal(2.5);
    expect(of("0", "25")).to.equal(null);
    expect(of("1000", null)).to.equal(null);
  });
});
