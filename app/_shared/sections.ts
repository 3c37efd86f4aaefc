import {
  Coins,
  Gauge,
  Layers,
  type LucideIcon,
  Network,
  ScrollText,
  Settings,
  SlidersHorizontal,
  Stethoscope,
  Wallet,
} from "lucide-react";

export interface Section {
  href: `/${string}`;
  /** In English; translated where it is shown. */
  title: string;
  icon: LucideIcon;
}

/** The rooms of the console, in the order of the navigation: a new room is one line here and one folder in app/. */
export const sections: readonly Section[] = [
  { href: "/", title: /*i18n*/ "Overview", icon: Gauge },
  { href: "/operate/", title: /*i18n*/ "Operate", icon: SlidersHorizontal },
  { href: "/stake/", title: /*i18n*/ "Stake", icon: Coins },
  { href: "/earnings/", title: /*i18n*/ "Earnings", icon: Wallet },
  { href: "/network/", title: /*i18n*/ "Network", icon: Network },
  { href: "/pool/", title: /*i18n*/ "Pool", icon: Layers },
  { href: "/settings/", title: /*i18n*/ "Settings", icon: Settings },
  { href: "/logs/", title: /*i18n*/ "Logs", icon: ScrollText },
  { href: "/diagnostics/", title: /*i18n*/ "Diagnostics", icon: Stethoscope },
];
