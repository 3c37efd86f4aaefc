import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Abi, type AbiParameter, toEventSignature, toFunctionSignature } from "viem";
import { root } from "../root.ts";

/** The interfaces, where all NatSpec is, and what stands behind each. */
const interfaces = {
  INodeNexus: "The registry: `NodeNexus`, behind a UUPS proxy.",
  IStakePools: "The stake in it: `NodeNexus` too.",
  IReputation: "Scores: `Reputation`, the registry's scorer.",
  ISlashing: "Penalties: `Slashing`, the registry's slasher.",
  IAuditAnchors: "Heads of audit logs: `AuditAnchors`.",
  IRelayPayments: "Payments: `RelayPayments`, behind a UUPS proxy.",
} as const;

interface UserDoc {
  notice?: string;
  methods?: Record<string, { notice?: string }>;
  events?: Record<string, { notice?: string }>;
  errors?: Record<string, { notice?: string }[]>;
}
interface Details {
  details?: string;
  params?: Record<string, string>;
  returns?: Record<string, string>;
}
interface DevDoc extends Details {
  title?: string;
  methods?: Record<string, Details>;
  events?: Record<string, Details>;
  errors?: Record<string, Details[]>;
}
interface Member {
  signature: string;
  declaration: string;
  text: string;
}

async function read(name: string): Promise<{ abi: Abi; user: UserDoc; dev: DevDoc }> {
  const file = join(root, "artifacts/contracts/interfaces", `${name}.sol`, `${name}.json`);
  const { abi, metadata } = JSON.parse(await readFile(file, "utf8")) as {
    abi: Abi;
    metadata: { output: { userdoc: UserDoc; devdoc: DevDoc } };
  };
  return { abi, user: metadata.output.userdoc, dev: metadata.output.devdoc };
}

/** `uint32 pool`, with the struct's or enum's name where there is one. */
const typed = ({ type, internalType, name }: AbiParameter & { internalType?: string }) => {
  const named = internalType?.replace(/^(struct|enum|contract) (\w+\.)?/, "") ?? type;
  return [named, name].filter(Boolean).join(" ");
};
const list = (parameters: readonly AbiParameter[]) => parameters.map(typed).join(", ");

const described = (names: Record<string, string> | undefined) =>
  Object.entries(names ?? {}).map(([name, text]) => `${name.startsWith("_") ? "returns" : `\`${name}\``}: ${text}`);

const cell = (...parts: readonly (string | undefined)[]) =>
  parts
    .filter(Boolean)
    .map((part) => (part ?? "").trim().replaceAll("|", "\\|"))
    .join(" ");

function members({ abi, user, dev }: Awaited<ReturnType<typeof read>>) {
  const functions: Member[] = [];
  const events: Member[] = [];
  const errors: Member[] = [];
  for (const item of abi) {
    if (item.type === "function") {
      const signature = toFunctionSignature(item);
      const { details, params, returns } = dev.methods?.[signature] ?? {};
      const mutability = item.stateMutability === "nonpayable" ? "" : ` ${item.stateMutability}`;
      const results = item.outputs.length === 0 ? "" : ` returns (${list(item.outputs)})`;
      functions.push({
        signature,
        declaration: `${item.name}(${list(item.inputs)})${mutability}${results}`,
        text: cell(user.methods?.[signature]?.notice, details, ...described(params), ...described(returns)),
      });
    } else if (item.type === "event") {
      const signature = toEventSignature(item);
      const { details, params } = dev.events?.[signature] ?? {};
      const text = cell(user.events?.[signature]?.notice, details, ...described(params));
      events.push({ signature, declaration: `${item.name}(${list(item.inputs)})`, text });
    } else if (item.type === "error") {
      const signature = `${item.name}(${item.inputs.map(({ type }) => type).join(",")})`;
      const { details, params } = dev.errors?.[signature]?.[0] ?? {};
      const text = cell(user.errors?.[signature]?.[0]?.notice, details, ...described(params));
      errors.push({ signature, declaration: `${item.name}(${list(item.inputs)})`, text });
    }
  }
  return { functions, events, errors };
}

/** @throws Error where NatSpec is missing */
function table(head: string, rows: readonly Member[], where: string): string {
  const silent = rows.filter(({ text }) => text === "");
  if (silent.length > 0) {
    throw new Error(`${where}: NatSpec is missing for ${silent.map(({ signature }) => signature).join(", ")}`);
  }
  return [`| ${head} | |`, "|---|---|", ...rows.map((row) => `| \`${row.declaration}\` | ${row.text} |`)].join("\n");
}

/** docs/reference/contracts.md, of the NatSpec that the compiler put into the artifacts. */
export async function contractReference(): Promise<Record<string, string>> {
  const sections: string[] = [];
  for (const [name, place] of Object.entries(interfaces)) {
    const documented = await read(name);
    const { functions, events, errors } = members(documented);
    sections.push(
      `## ${name}`,
      `${documented.dev.title ?? name}. ${place}`,
      cell(documented.user.notice, documented.dev.details),
      table("function", functions, name),
      table("event", events, name),
      table("error", errors, name),
    );
  }
  const text = [
    "# Contracts",
    "What others may call, what it tells, and why it refuses. Who may do what: [SECURITY.md](../../SECURITY.md); with numbers: [economics.md](../guides/economics.md).",
    ...sections,
  ].join("\n\n");
  return { "contracts.md": `${text}\n` };
}
