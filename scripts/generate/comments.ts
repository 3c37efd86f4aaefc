import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ts } from "@ts-morph/common";
import { root } from "../root.ts";

/** Comments of a schema's options by name. */
export type OptionComments = Map<string, string>;

/**
 * Reads the comments above the options of every zod object schema in node/: they are the documentation, and JSON Schema
 * does not carry them. An extended schema has the options of its base too.
 */
export async function readSchemaComments(): Promise<Map<string, OptionComments>> {
  const schemas = new Map<string, { own: OptionComments; base: string | undefined }>();
  for await (const path of glob("node/**/*.ts", { cwd: root })) {
    const source = ts.createSourceFile(path, await readFile(join(root, path), "utf8"), ts.ScriptTarget.Latest, true);
    for (const statement of source.statements.filter(ts.isVariableStatement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        const schema = initializer && readSchema(initializer);
        if (schema && ts.isIdentifier(name)) schemas.set(name.text, schema);
      }
    }
  }
  const resolve = (name: string): OptionComments => {
    const schema = schemas.get(name);
    if (schema === undefined) return new Map();
    return new Map([...(schema.base ? resolve(schema.base) : []), ...schema.own]);
  };
  return new Map([...schemas.keys()].map((name) => [name, resolve(name)]));
}

/** `z.object({…})` or `base.extend({…})`, and either where `.refine(…)` stands behind it. */
function readSchema(node: ts.Expression): { own: OptionComments; base: string | undefined } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: target, name: method } = node.expression;
  if (method.text === "refine") return readSchema(target);
  const [shape] = node.arguments;
  if (!["object", "extend"].includes(method.text) || shape === undefined || !ts.isObjectLiteralExpression(shape)) {
    return undefined;
  }
  const own = new Map(shape.properties.filter(ts.isPropertyAssignment).map((p) => [p.name.getText(), commentOf(p)]));
  return { own, base: method.text === "extend" ? target.getText() : undefined };
}

/** The sentence, and what a `@default` says beyond the value. */
function commentOf(node: ts.Node): string {
  const textOf = ({ comment }: ts.JSDoc | ts.JSDocTag) => ts.getTextOfJSDocComment(comment) ?? "";
  const documents = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const texts = documents.flatMap((document) => [
    textOf(document),
    ...(document.tags ?? []).map((tag) => `Default: ${textOf(tag)}.`),
  ]);
  return texts.join(" ").replace(/\s+/g, " ").trim();
}

/** Which schema each section of the configuration has, as node/config.ts writes it: `chain: chainConfigSchema.prefault({})`. */
export async function readSectionSchemas(): Promise<Map<string, string>> {
  const text = await readFile(join(root, "node/config.ts"), "utf8");
  return new Map(
    [...text.matchAll(/^ +(\w+): (\w+)\.prefault\(/gm)].map(([, section = "", schema = ""]) => [section, schema]),
  );
}
