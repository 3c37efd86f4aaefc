"use client";

import { Command } from "cmdk";
import { ArrowRight, Copy, DoorOpen, Languages, LogOut, type LucideIcon, Moon, Radar, Search, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { parsePeerId } from "../../../node/core/vocabulary.ts";
import { shortHex } from "../node/format";
import { useSignOut, useStatus } from "../node/queries";
import { useSession } from "../node/session";
import { sections } from "../sections";
import { i18n } from "../text/i18n";
import { chooseLanguage, useLanguage } from "../text/language";
import { type Language, languages } from "../text/languages";
import { Dialog } from "../ui/dialog";
import { chooseTheme, themeSwitch, useTheme } from "./theme";

interface Entry {
  title: string;
  icon: LucideIcon;
  run: () => void;
}

interface PaletteProps {
  open: boolean;
  onClose: () => void;
}

/** Every room and every action that any page has, found by typing: arrows choose, Enter runs, Escape leaves. */
export function Palette({ open, onClose }: PaletteProps) {
  const [text, setText] = useState("");
  const router = useRouter();
  const actions = useActions();
  const close = (then: () => void) => {
    onClose();
    setText("");
    then();
  };
  const peerId = parsePeerId(text);
  const rooms = sections.map(({ href, title, icon }) => ({ title: i18n._(title), icon, run: () => router.push(href) }));
  return (
    <Dialog
      open={open}
      onClose={() => close(() => undefined)}
      title={i18n._("Rooms and actions")}
      bare
      description={i18n._("Type to search, choose with the arrow keys, and press Enter.")}
    >
      <Command loop className="flex min-h-0 flex-col">
        <div className="flex items-center gap-2.5 border-line border-b px-4">
          <Search aria-hidden className="size-4 shrink-0 text-muted" />
          <Command.Input
            value={text}
            onValueChange={setText}
            aria-label={i18n._("Search rooms and actions")}
            placeholder={i18n._("Room, action or peer ID")}
            className="w-full bg-transparent py-3.5 outline-none placeholder:text-muted"
          />
        </div>
        <Command.List label={i18n._("Rooms and actions")} className="min-h-0 overflow-y-auto p-2 outline-none">
          <Command.Empty className="px-3 py-6 text-center text-muted text-sm">
            {i18n._("Nothing is called that. A whole peer ID leads to its node.")}
          </Command.Empty>
          {peerId && (
            <Item
              title={i18n._("Show node {peerId}", { peerId: shortHex(peerId) })}
              icon={Radar}
              run={() => router.push(`/network/node/?id=${peerId}`)}
              // As typed, so that cmdk's search finds it.
              value={text.trim()}
              close={close}
            />
          )}
          <Group heading={i18n._("Rooms")} entries={rooms} close={close} />
          <Group heading={i18n._("Actions")} entries={actions} close={close} />
        </Command.List>
      </Command>
    </Dialog>
  );
}

type Close = (then: () => void) => void;

function Group({ heading, entries, close }: { heading: string; entries: readonly Entry[]; close: Close }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {entries.map((entry) => (
        <Item key={entry.title} {...entry} close={close} />
      ))}
    </Command.Group>
  );
}

function Item({ title, icon: Icon, run, value, close }: Entry & { value?: string; close: Close }) {
  return (
    <Command.Item
      value={value ?? title}
      onSelect={() => close(run)}
      className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 text-[0.95rem] data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent sm:min-h-10"
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <ArrowRight aria-hidden className="size-4 shrink-0 opacity-0 group-data-[selected=true]:opacity-100" />
    </Command.Item>
  );
}

/** What can be done from any page. */
function useActions(): Entry[] {
  const router = useRouter();
  const next = useTheme() === "dark" ? "light" : "dark";
  const signedIn = useSession().data?.signedIn === true;
  const peerId = useStatus().data?.peerId;
  const signOut = useSignOut();
  const shown = useLanguage();
  const actions: Entry[] = [
    { title: themeSwitch(next), icon: next === "light" ? Sun : Moon, run: () => chooseTheme(next) },
  ];
  if (peerId) {
    actions.push({
      title: i18n._("Copy my peer ID"),
      icon: Copy,
      run: () => void navigator.clipboard.writeText(peerId),
    });
  }
  for (const [language, title] of Object.entries(languages)) {
    if (language !== shown)
      actions.push({ title, icon: Languages, run: () => void chooseLanguage(language as Language) });
  }
  if (signedIn) {
    actions.push({ title: i18n._("Welcome: set this node up"), icon: DoorOpen, run: () => router.push("/welcome/") });
    actions.push({ title: i18n._("Sign out"), icon: LogOut, run: () => signOut.mutate() });
  }
  return actions;
}
