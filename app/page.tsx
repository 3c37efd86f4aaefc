import { Overview } from "./_components/overview";
import { Room } from "./_shared/shell/room";

export default function Page() {
  return (
    <Room title="Overview" lead="Your node at a glance.">
      <Overview />
    </Room>
  );
}
