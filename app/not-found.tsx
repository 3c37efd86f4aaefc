"use client";

import { RoomHead } from "./_shared/shell/room-head";
import { contentId } from "./_shared/shell/skip-link";
import { i18n } from "./_shared/text/i18n";
import { ButtonLink } from "./_shared/ui/button";

export default function NotFound() {
  return (
    <main id={contentId} tabIndex={-1} className="min-w-0 px-4 pt-10 pb-28 outline-none lg:px-6">
      <RoomHead
        title={/*i18n*/ "There is no page at this address"}
        lead={/*i18n*/ "It may have moved in a newer version."}
      />
      <ButtonLink href="/" look="primary">
        {i18n._("Go to the overview")}
      </ButtonLink>
    </main>
  );
}
