import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { mapHeight } from "./map-height";

/** Takes the place of map, filters and first rows, so that nothing below moves when they come. */
export function RegistrySkeleton() {
  return (
    <Card title={i18n._("Registered nodes")}>
      <div className="space-y-4">
        <div
          aria-hidden
          className="mx-auto max-w-4xl animate-pulse rounded bg-raised"
          style={{ aspectRatio: `1000 / ${mapHeight}` }}
        />
        <div aria-hidden className="h-52 animate-pulse rounded bg-raised sm:h-16" />
        <Skeleton lines={9} />
      </div>
    </Card>
  );
}
