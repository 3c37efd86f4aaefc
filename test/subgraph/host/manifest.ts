import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AbiEvent, type Hex, toEventSelector } from "viem";
import { parse } from "yaml";
import { root } from "../../../scripts/root.ts";

interface ManifestSource {
  name: string;
  mapping: {
    abis: { name: string; file: string }[];
    eventHandlers: { event: string; handler: string }[];
    file: string;
  };
}

interface Manifest {
  schema: { file: string };
  dataSources: ManifestSource[];
  templates: ManifestSource[];
}

/** A contract that the manifest follows: its compiled mapping, and the handler of each event by its first topic. */
export interface DataSource {
  name: string;
  module: WebAssembly.Module;
  handlers: ReadonlyMap<Hex, { event: AbiEvent; handler: string }>;
}

const folder = join(root, "subgraph/build");

/** What `graph build` made of subgraph/. */
export async function readBuild() {
  const manifest = parse(await readFile(join(folder, "subgraph.yaml"), "utf8")) as Manifest;
  const load = async (source: ManifestSource): Promise<DataSource> => ({
    name: source.name,
    module: await WebAssembly.compile(await readFile(join(folder, source.mapping.file))),
    handlers: await handlersOf(source),
  });
  return {
    schema: await readFile(join(folder, manifest.schema.file), "utf8"),
    dataSources: await Promise.all(manifest.dataSources.map(load)),
    templates: await Promise.all(manifest.templates.map(load)),
  };
}

async function handlersOf({ name, mapping }: ManifestSource): Promise<DataSource["handlers"]> {
  const file = mapping.abis.find((abi) => abi.name === name)?.file ?? "";
  const abi = JSON.parse(await readFile(join(folder, file), "utf8")) as AbiEvent[];
  const entries = mapping.eventHandlers.map(({ event: signature, handler }) => {
    const event = abi.find((candidate) => signatureOf(candidate) === signature);
    if (event === undefined) throw new Error(`the ABI of ${name} has no event ${signature}`);
    return [toEventSelector(event), { event, handler }] as const;
  });
  return new Map(entries);
}

export const signatureOf = ({ name, inputs }: AbiEvent): string =>
  `${name}(${inputs.map(({ type, indexed }) => (indexed ? `indexed ${type}` : type)).join(",")})`;
