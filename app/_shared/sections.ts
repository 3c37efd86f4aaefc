import {
  Coins,
  Gauge,
  Layers,
  type LucideIcon,
  Network,
  Settings,
  SlidersHorizontal,
  Stethoscope,
  Wallet,
} from "lucide-react";

export interface Section {
  href: `/${string}`;
  title: string;
  icon: LucideIcon;
}

/** The rooms of the console, in the order of the navigation: a new room is one line here and one folder in app/. */
export const sections: readonly Section[] = [
  { href: "/", title: "Overview", icon: Gauge },
  { href: "/operate/", title: "Operate", icon: SlidersHorizontal },
  { href: "/stake/", title: "Stake", icon: Coins },
  { href: "/earnings/", title: "Earnings", icon: Wallet },
  { href: "/network/", title: "Network", icon: Network },
  { href: "/pool/", title: "Pool", icon: Layers },
  { href: "/settings/", title: "Settings", icon: Settings },
  { href: "/diagnostics/", title: "Diagnostics", icon: Stethoscope },
];
