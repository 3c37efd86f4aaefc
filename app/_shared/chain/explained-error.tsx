import { Alert } from "../ui/alert";
import { explain } from "./explain";

export function ExplainedError({ error }: { error: unknown }) {
  if (!error) return null;
  const { title, action, tone } = explain(error);
  return (
    <Alert tone={tone} title={title}>
      {action}
    </Alert>
  );
}
