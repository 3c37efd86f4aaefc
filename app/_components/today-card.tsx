"use client";

import { useEarnings } from "../_shared/node/earnings";
import { ErrorAlert } from "../_shared/node/error-alert";
import { formatShm } from "../_shared/node/format";
import { i18n } from "../_shared/text/i18n";
import { Card } from "../_shared/ui/card";
import { Fact, Facts } from "../_shared/ui/facts";
import { Link } from "../_shared/ui/link";
import { Skeleton } from "../_shared/ui/skeleton";

/** What clients have promised this node since midnight, and what waits to be redeemed. */
export function TodayCard() {
  const { data, error } = useEarnings();
  return (
    <Card
      title={i18n._("Earnings today")}
      aside={
        <Link href="/earnings/" className="font-medium text-accent text-sm hover:underline">
          {i18n._("All earnings")}
        </Link>
      }
    >
      {!data && (error ? <ErrorAlert error={error} /> : <Skeleton lines={2} />)}
      {data && (
        <Facts>
          <Fact name={i18n._("In vouchers since midnight (UTC)")}>{formatShm(data.vouchedTodayWei, 6)}</Fact>
          <Fact name={i18n._("To redeem now")}>{formatShm(data.total.redeemableWei, 6)}</Fact>
        </Facts>
      )}
    </Card>
  );
}
