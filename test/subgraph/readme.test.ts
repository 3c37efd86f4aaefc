import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse, validate } from "graphql";
import { root } from "../../scripts/root.ts";
import { apiSchema } from "./api-schema.ts";

const read = (path: string) => readFile(join(root, "subgraph", path), "utf8");

describe("subgraph/README.md", () => {
  it("shows only queries that the API answers", async () => {
    const schema = apiSchema(await read("schema.graphql"));
    const queries = [...(await read("README.md")).matchAll(/```graphql\n(.*?)```/gs)].map(([, query]) => query ?? "");
    expect(queries.length).to.be.greaterThan(3);
    for (const query of queries) expect(validate(schema, parse(query)).map(String)).to.deep.equal([]);
    expect(validate(schema, parse("{ nodes(where: { colour: 1 }) { id } }"))).to.have.lengthOf(1);
  });
});
