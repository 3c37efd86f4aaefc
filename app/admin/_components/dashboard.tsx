"use client";

import { i18n } from "../../_shared/text/i18n";
import { cx } from "../../_shared/ui/cx";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useAddress } from "../_hooks/use-address";
import type { AdminSession } from "../_hooks/use-admin-session";
import { useAwake } from "../_hooks/use-awake";
import { DevicesView } from "./devices-view";
import { SignOutButton } from "./sign-out-button";

const loading = () => <Skeleton lines={6} />;
const AuditView = later(() => import("./audit-view").then((module) => module.AuditView), { loading });
const AccountView = later(() => import("./account-view").then((module) => module.AccountView), { loading });

const views = [
  { name: "", title: /*i18n*/ "Devices" },
  { name: "audit", title: /*i18n*/ "Audit log" },
  { name: "account", title: /*i18n*/ "Account" },
] as const;

interface DashboardProps {
  session: AdminSession;
  onRecoveryCodes: (codes: readonly string[]) => void;
}

/** What an admin sees with both factors. */
export function Dashboard({ session, onRecoveryCodes }: DashboardProps) {
  const { get, set } = useAddress();
  const awake = useAwake(session.idleMs / 3);
  const view = views.find(({ name }) => name === get("view")) ?? views[0];
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b">
        <nav aria-label={i18n._("Admin")}>
          <ul className="flex">
            {views.map(({ name, title }) => (
              <li key={title}>
                <button
                  type="button"
                  aria-current={view.name === name ? "page" : undefined}
                  onClick={() => set({ view: name })}
                  className={cx(
                    "border-b-2 px-3 py-2 font-medium text-[0.93rem]",
                    view.name === name ? "border-accent text-accent" : "border-transparent text-muted hover:text-text",
                  )}
                >
                  {i18n._(title)}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex min-w-0 items-center gap-2 text-muted text-sm max-sm:w-full max-sm:justify-between">
          <span className="min-w-0 truncate">{session.email ?? session.subject}</span>
          <SignOutButton />
        </div>
      </div>
      {view.name === "" && <DevicesView awake={awake} />}
      {view.name === "audit" && <AuditView awake={awake} />}
      {view.name === "account" && <AccountView session={session} awake={awake} onRecoveryCodes={onRecoveryCodes} />}
    </>
  );
}
