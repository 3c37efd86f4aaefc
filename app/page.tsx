import { Overview } from "./_components/overview";
import { Room } from "./_shared/shell/room";

export default function Page() {
  return (
    <Room title={/*i18n*/ "Overview"} lead={/*i18n*/ "Your node at a glance."}>
      <Overview />
    </Room>
  );
}
