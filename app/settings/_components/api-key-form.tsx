"use client";

import { type FormEvent, useState } from "react";
import { type ApiKeyScope, apiKeyScopes } from "../../../node/api/vocabulary.ts";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import type { WantedKey } from "../_hooks/use-api-keys";

const scopes: Record<ApiKeyScope, string> = {
  read: /*i18n*/ "read",
  write: /*i18n*/ "read and change",
};
/** In days; 0 for no end. */
const lives = [7, 30, 90, 365, 0];

interface ApiKeyFormProps {
  busy: boolean;
  onCreate: (wanted: WantedKey, then: () => void) => void;
}

/** What a new key is for, what it may do, and how long. */
export function ApiKeyForm({ busy, onCreate }: ApiKeyFormProps) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<ApiKeyScope>("read");
  const [days, setDays] = useState(90);
  const create = (event: FormEvent) => {
    event.preventDefault();
    onCreate({ name, scope, expiresInDays: days === 0 ? null : days }, () => setName(""));
  };
  return (
    <form onSubmit={create} className="grid items-end gap-3 sm:grid-cols-[2fr_1fr_1fr_auto]">
      <Field label={i18n._("What the key is for")}>
        {(props) => (
          <Input {...props} required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={i18n._("It may")}>
        {(props) => (
          <Select
            {...props}
            value={scope}
            onChange={(event) => setScope(apiKeyScopes.find((one) => one === event.target.value) ?? "read")}
          >
            {apiKeyScopes.map((option) => (
              <option key={option} value={option}>
                {i18n._(scopes[option])}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={i18n._("It ends")}>
        {(props) => (
          <Select {...props} value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {lives.map((life) => (
              <option key={life} value={life}>
                {life === 0 ? i18n._("never") : i18n._("in {days} days", { days: life })}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit" busy={busy}>
        {i18n._("Make a key")}
      </Button>
    </form>
  );
}
