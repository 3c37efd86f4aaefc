"use client";

import { Moon, Sun } from "lucide-react";
import { Button } from "../ui/button";
import { chooseTheme, themeSwitch, useTheme } from "./theme";

export function ThemeToggle() {
  const next = useTheme() === "dark" ? "light" : "dark";
  const Icon = next === "light" ? Sun : Moon;
  return (
    <Button look="ghost" aria-label={themeSwitch(next)} className="px-2" onClick={() => chooseTheme(next)}>
      <Icon aria-hidden className="size-4" />
    </Button>
  );
}
