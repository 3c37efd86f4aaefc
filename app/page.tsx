import { Overview } from "./_components/overview";
import { Room } from "./_shared/shell/room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Overview"}
      lead={
        /*i18n*/ "Your node at a glance: whether others reach it, what it earned today, what needs you now, and the part of the mesh that it is connected to."
      }
    >
      <Overview />
    </Room>
  );
}
