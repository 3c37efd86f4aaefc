import type { Metadata } from "next";
import { Overview } from "./_components/overview";
import { Room } from "./_shared/shell/room";

// Of the root itself Next takes no title through the template.
export const metadata: Metadata = { title: { absolute: "Overview · ShadowMesh" } };

export default function Page() {
  return (
    <Room title={/*i18n*/ "Overview"} lead={/*i18n*/ "Your node at a glance."}>
      <Overview />
    </Room>
  );
}
