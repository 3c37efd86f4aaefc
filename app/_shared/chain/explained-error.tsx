import { Alert } from "../ui/alert";
import { explain } from "./explain";

export function ExplainedError({ error }: { error: unknown }) {
  if (!error) return null;
  const { title, action, tone, code } = explain(error);
  return (
    <Alert tone={tone} title={title}>
      <p>{action}</p>
      {code && <p className="mt-1 font-mono text-muted text-xs">{code}</p>}
    </Alert>
  );
}
