import {
  buildSchema,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
} from "graphql";

const operators = ["", "_not", "_gt", "_gte", "_lt", "_lte", "_in", "_not_in", "_contains"];

/**
 * The schema of the API that graph-node derives from ours, as far as our queries go: an entity by its ID, and lists of
 * entities that are filtered, sorted and cut.
 * https://thegraph.com/docs/en/subgraphs/querying/graphql-api/
 */
export function apiSchema(subgraphSchema: string): GraphQLSchema {
  const { definitions } = parse(subgraphSchema);
  const entities = definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);
  const enums = definitions.filter((node) => node.kind === Kind.ENUM_TYPE_DEFINITION);
  const isEntity = (type: TypeNode) => entities.some(({ name }) => name.value === namedType(type));
  const queries = entities.map(({ name: { value: name } }) => {
    const field = name[0]?.toLowerCase() + name.slice(1);
    return `${field}(id: ID!): ${name}\n${plural(field)}${listArguments(name)}: [${name}!]!`;
  });
  const sdl = [
    "scalar Bytes scalar BigInt enum OrderDirection { asc desc }",
    `type Query { ${queries.join("\n")} }`,
    ...enums.map((definition) => print(definition)),
    ...entities.map((entity) => entityType(entity, isEntity)),
    ...entities.map((entity) => listTypes(entity, isEntity)),
  ];
  return buildSchema(sdl.join("\n"));
}

const listArguments = (entity: string) =>
  `(first: Int, skip: Int, orderBy: ${entity}_orderBy, orderDirection: OrderDirection, where: ${entity}_filter)`;

/** graph-node asks a library of English; our names need three of its rules. */
function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function entityType({ name, fields = [] }: ObjectTypeDefinitionNode, isEntity: (type: TypeNode) => boolean): string {
  const lines = fields.map((field) => {
    const list = isEntity(field.type) && print(field.type).startsWith("[") ? listArguments(namedType(field.type)) : "";
    return `${field.name.value}${list}: ${print(field.type)}`;
  });
  return `type ${name.value} { ${lines.join("\n")} }`;
}

function listTypes({ name, fields = [] }: ObjectTypeDefinitionNode, isEntity: (type: TypeNode) => boolean): string {
  const filter = (field: FieldDefinitionNode) => {
    const named = isEntity(field.type) ? "String" : namedType(field.type);
    const single = operators.map((operator) => {
      const type = operator.endsWith("_in") ? `[${named}!]` : named;
      return `${field.name.value}${operator}: ${type}`;
    });
    return isEntity(field.type) ? [...single, `${field.name.value}_: ${namedType(field.type)}_filter`] : single;
  };
  return `
    enum ${name.value}_orderBy { ${fields.map((field) => field.name.value).join(" ")} }
    input ${name.value}_filter { ${fields.flatMap(filter).join("\n")} }`;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
