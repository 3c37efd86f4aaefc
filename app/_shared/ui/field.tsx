import { type ReactNode, useId } from "react";

interface FieldProps {
  label: string;
  tip?: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  children: (props: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean | undefined;
  }) => ReactNode;
}

/** A labelled control with its hint or, in its place, what is wrong with the value. */
export function Field({ label, tip, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error || hint;
  return (
    <div className="min-w-0">
      <div className="mb-1 flex items-center gap-1">
        <label htmlFor={id} className="font-medium text-[0.93rem]">
          {label}
        </label>
        {tip}
      </div>
      {children({ id, "aria-describedby": note ? noteId : undefined, "aria-invalid": error ? true : undefined })}
      {note && (
        <p id={noteId} className={error ? "mt-1 text-bad text-sm" : "mt-1 text-muted text-sm"}>
          {note}
        </p>
      )}
    </div>
  );
}
