import { Kind, type ObjectTypeDefinitionNode, parse, type TypeNode } from "graphql";

/** How a value is stored; a reference is stored as the ID of what it names. */
export type Scalar = "String" | "Bytes" | "BigInt" | "Int" | "Boolean";

export interface Field {
  scalar: Scalar;
  list: boolean;
  required: boolean;
  /** The entity that the value names. */
  references?: string;
}

export interface EntityType {
  immutable: boolean;
  /** What is stored: without the fields that are derived from others. */
  fields: ReadonlyMap<string, Field>;
}

const isScalar = (name: string): name is Scalar => ["String", "Bytes", "BigInt", "Int", "Boolean"].includes(name);

/** Reads a subgraph's schema as graph-node does. */
export function readSchema(text: string): ReadonlyMap<string, EntityType> {
  const { definitions } = parse(text);
  const objects = definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);
  const enums = new Set(
    definitions.filter((node) => node.kind === Kind.ENUM_TYPE_DEFINITION).map(({ name }) => name.value),
  );
  const idOf = (entity: string): Scalar => {
    const id = objects.find(({ name }) => name.value === entity)?.fields?.find(({ name }) => name.value === "id");
    if (id === undefined) throw new Error(`there is no entity ${entity}`);
    return namedType(id.type) === "Bytes" ? "Bytes" : "String";
  };

  const fieldsOf = ({ fields = [] }: ObjectTypeDefinitionNode) =>
    fields
      .filter(({ directives }) => !directives?.some(({ name }) => name.value === "derivedFrom"))
      .map(({ name, type }): [string, Field] => {
        const named = namedType(type);
        const shape = { list: isList(type), required: type.kind === Kind.NON_NULL_TYPE };
        if (isScalar(named)) return [name.value, { ...shape, scalar: named }];
        if (named === "ID" || enums.has(named)) return [name.value, { ...shape, scalar: "String" }];
        return [name.value, { ...shape, scalar: idOf(named), references: named }];
      });
  return new Map(
    objects.map((object) => [object.name.value, { immutable: isImmutable(object), fields: new Map(fieldsOf(object)) }]),
  );
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
}

function isImmutable({ directives = [] }: ObjectTypeDefinitionNode): boolean {
  const entity = directives.find(({ name }) => name.value === "entity");
  const argument = entity?.arguments?.find(({ name }) => name.value === "immutable");
  return argument?.value.kind === Kind.BOOLEAN && argument.value.value;
}
