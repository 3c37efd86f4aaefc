import type { EntityType, Field } from "./schema.ts";

/** Bytes are hex, in lower case and with 0x. */
export type Value = string | bigint | number | boolean | null | readonly Value[];
export type Entity = Readonly<Record<string, Value>>;

/** The entities of a subgraph, kept by graph-node's rules. */
export interface Store {
  get(type: string, id: string): Entity | undefined;
  /** Merges into what is there. @throws Error where graph-node would stop the subgraph */
  set(type: string, id: string, data: Entity): void;
  all(type: string): readonly Entity[];
  /** References, other than nullable ones, to entities that do not exist: graph-node fails queries that follow them. */
  dangling(): readonly string[];
}

export function createStore(schema: ReadonlyMap<string, EntityType>): Store {
  const entities = new Map<string, Map<string, Entity>>([...schema.keys()].map((type) => [type, new Map()]));

  const typeOf = (type: string): EntityType => {
    const known = schema.get(type);
    if (known === undefined) throw new Error(`the schema has no entity ${type}`);
    return known;
  };
  const allOf = (type: string) => entities.get(type) ?? new Map<string, Entity>();

  return {
    get: (type, id) => allOf(type).get(id),
    all: (type) => [...allOf(type).values()],
    set(type, id, data) {
      const { immutable, fields } = typeOf(type);
      const known = allOf(type).get(id);
      if (immutable && known !== undefined) throw new Error(`${type} ${id} is immutable, and is there already`);
      const unknown = Object.keys(data).filter((name) => !fields.has(name));
      if (unknown.length > 0) throw new Error(`${type} has no field ${unknown.join(", ")}`);
      const merged = { ...known, ...data };
      for (const [name, field] of fields) requireValid(`${type}.${name} of ${id}`, field, merged[name] ?? null);
      if (merged.id !== id) throw new Error(`${type} ${id} says that its ID is ${String(merged.id)}`);
      allOf(type).set(id, merged);
    },
    dangling: () =>
      [...schema].flatMap(([type, { fields }]) =>
        [...fields].flatMap(([name, { references, required }]) =>
          references === undefined || !required
            ? []
            : [...allOf(type).values()].flatMap((entity) =>
                [entity[name] ?? null]
                  .flat()
                  .filter((id) => !allOf(references).has(String(id)))
                  .map((id) => `${type} ${String(entity.id)}: ${name} ${String(id)}`),
              ),
        ),
      ),
  };
}

const typesOf = { String: "string", Bytes: "string", BigInt: "bigint", Int: "number", Boolean: "boolean" } as const;

function requireValid(place: string, { scalar, list, required }: Field, value: Value): void {
  if (value === null) {
    if (required) throw new Error(`${place} is not nullable, and has no value`);
    return;
  }
  if (Array.isArray(value) !== list) throw new Error(`${place} is ${list ? "no" : "a"} list`);
  for (const item of [value].flat()) {
    const isHex = typeof item === "string" && /^0x([0-9a-f]{2})*$/.test(item);
    if (typeof item === typesOf[scalar] && (scalar !== "Bytes" || isHex)) continue;
    throw new Error(`${place} is no ${scalar}: ${String(item)}`);
  }
}
