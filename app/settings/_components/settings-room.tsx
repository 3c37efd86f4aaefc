"use client";

import { Trans } from "@lingui/react";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useDeferredValue, useId, useState } from "react";
import type { Setting } from "../../../node/api/settings.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { isWaiting, useSettings } from "../../_shared/node/settings";
import { Gate } from "../../_shared/shell/gate";
import { i18n } from "../../_shared/text/i18n";
import { LanguageSelect } from "../../_shared/text/language-select";
import { Alert } from "../../_shared/ui/alert";
import { Card } from "../../_shared/ui/card";
import { Input } from "../../_shared/ui/input";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useGrowing } from "../../_shared/ui/use-growing";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { ApiKeysCard } from "./api-keys-card";
import { NotificationsCard } from "./notifications-card";
import { SettingRow } from "./setting-row";

export function SettingsRoom() {
  return (
    <Gate>
      <div className="space-y-4">
        <NotificationsCard />
        <ApiKeysCard />
        <AllSettings />
      </div>
    </Gate>
  );
}

function AllSettings() {
  const { data, error } = useSettings();
  const [search, setSearch] = useState(useSearchParams().get("search") ?? "");
  const [changedOnly, setChangedOnly] = useState(false);
  const sought = useDeferredValue(search.trim().toLowerCase());
  const id = useId();
  const ready = useUnhurried(data !== undefined);
  const total = new Set(data?.settings.map(({ section }) => section)).size;
  const drawn = useGrowing(ready ? total : 1);
  if (!data || !ready) return error ? <ErrorAlert error={error} /> : <Skeleton lines={12} />;

  const waiting = data.settings.filter(isWaiting);
  const shown = data.settings.filter(
    (setting) => matches(setting, sought) && (!changedOnly || setting.source !== "default"),
  );
  const sections = [...Map.groupBy(shown, ({ section }) => section)];
  return (
    <div className="grid gap-4">
      {waiting.length > 0 && (
        <Alert
          tone="warn"
          title={i18n._(
            "{count, plural, one {One option changes} other {# options change}} at the next start of the daemon.",
            { count: waiting.length },
          )}
        >
          {waiting.map(({ section, name }) => `${section}.${name}`).join(", ")}.{" "}
          <Trans
            id="Stop the daemon and start it again, as you started it: <0>shadowmesh stop</0>, then <1>shadowmesh up</1>, or your service manager's restart."
            components={{ 0: <code />, 1: <code /> }}
          />
        </Alert>
      )}
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <div className="min-w-56 flex-1">
          <label htmlFor={id} className="sr-only">
            {i18n._("Search")}
          </label>
          <Input
            id={id}
            type="search"
            placeholder={i18n._("Search by name or meaning")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <label className="flex items-center gap-2 text-[0.93rem]">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={changedOnly}
            onChange={(event) => setChangedOnly(event.target.checked)}
          />
          {i18n._("Only what is set")}
        </label>
        {/* On a wide screen it is in the navigation. */}
        <div className="lg:hidden">
          <LanguageSelect />
        </div>
      </div>
      {sections.length === 0 && (
        <Nothing>
          {changedOnly
            ? i18n._('No option that is set matches. Untick "Only what is set" to search all {count}.', {
                count: data.settings.length,
              })
            : i18n._("No option matches. Clear the search to see all {count}.", { count: data.settings.length })}
        </Nothing>
      )}
      {sections.slice(0, drawn).map(([section, settings]) => (
        <Card key={section} title={section}>
          <ul className="divide-y divide-line">
            {settings.map((setting) => (
              <SettingRow key={setting.name} setting={setting} />
            ))}
          </ul>
        </Card>
      ))}
      {drawn === total && (
        <p className="text-muted text-sm">
          <Trans
            id="Kept in <0>{path}</0>, which may be edited by hand, too. A flag of the command is stronger than an environment variable, and that than the file."
            values={{ path: data.path }}
            components={{ 0: <code className="break-all" /> }}
          />
        </p>
      )}
    </div>
  );
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="text-muted">{children}</p>;
}

function matches({ section, name, meaning, variable }: Setting, sought: string): boolean {
  return [`${section}.${name}`, meaning, variable].some((text) => text.toLowerCase().includes(sought));
}
