import { parse, visit } from "@solidity-parser/parser";
import type { BaseASTNode, BinaryOperation, TupleExpression } from "@solidity-parser/parser/dist/src/ast-types.js";

/** Offsets are of UTF-16 units, the end excluded; lines and columns count from 1. */
interface Place {
  start: number;
  end: number;
  line: number;
  column: number;
}

/** Something that goes one way or another. */
export type Branch = Place &
  /** An expression that is true or false. */
  (
    | { kind: "condition" }
    /** The same in assembly, whose block's content begins at `block`. */
    | { kind: "assemblyCondition"; block: number }
    /** A `case` or the `default` of an assembly's `switch`; its content begins at `start`. */
    | { kind: "case"; block: number }
    /** A function's modifier, which lets through or refuses; the contract ends before `block`. */
    | { kind: "modifier"; block: number }
  );

/**
 * What branches in a Solidity source, in its order, what is around before what is within: each operand of a condition's `&&` and `||`, with the `!` before it
 * left away, by itself; conditions are those of `if`, `for`, `while`, `do`, `? :` and `require`, and whatever `&&` and
 * `||` join elsewhere. In assembly: the conditions of `if` and `for`, and the cases of `switch`.
 * @throws what parser or assembly do not let us count
 */
export function branchesOf(source: string): Branch[] {
  // An operand comes up with what it is an operand of, once more with the condition around that.
  const found = new Map<string, Branch>();
  const add = (branch: Branch) => found.set(`${branch.start} ${branch.end}`, branch);
  const condition = (node: BaseASTNode | null | undefined) => {
    for (const operand of operandsOf(node)) add({ kind: "condition", ...placeOf(operand) });
  };
  let contractEnd = 0;
  let block = 0;
  const assemblyCondition = (node: BaseASTNode) => add({ kind: "assemblyCondition", ...placeOf(node), block });

  visit(parse(source, { range: true, loc: true }), {
    IfStatement: (node) => condition(node.condition),
    ForStatement: (node) => condition(node.conditionExpression),
    WhileStatement: (node) => condition(node.condition),
    DoWhileStatement: (node) => condition(node.condition),
    Conditional: (node) => condition(node.condition),
    FunctionCall({ expression, arguments: [checked] }) {
      if (expression.type === "Identifier" && expression.name === "require") condition(checked);
    },
    BinaryOperation(node) {
      if (joins(node)) condition(node);
    },
    ContractDefinition(node) {
      contractEnd = placeOf(node).end - 1;
    },
    FunctionDefinition({ isConstructor, modifiers }) {
      // What a constructor names are the contracts it is made of.
      if (isConstructor) return;
      for (const modifier of modifiers) add({ kind: "modifier", ...placeOf(modifier), block: contractEnd });
    },
    InlineAssemblyStatement(node) {
      block = placeOf(node.body).start + 1;
    },
    AssemblyIf: (node) => assemblyCondition(node.condition),
    AssemblyFor: (node) => assemblyCondition(node.condition),
    AssemblySwitch(node) {
      const line = placeOf(node).line;
      if (!node.cases.some((one) => one.default))
        throw new Error(`line ${line}: a switch needs a default to be counted`);
      for (const { block: body } of node.cases) {
        const place = placeOf(body);
        add({ kind: "case", ...place, start: place.start + 1, block });
      }
    },
  });
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

function operandsOf(node: BaseASTNode | null | undefined): BaseASTNode[] {
  if (!node) return [];
  if (isTuple(node)) return node.components.flatMap(operandsOf);
  if (isNegation(node)) return operandsOf(node.subExpression);
  return joins(node) ? [...operandsOf(node.left), ...operandsOf(node.right)] : [node];
}

const isTuple = (node: BaseASTNode): node is TupleExpression => node.type === "TupleExpression";
const isNegation = (node: BaseASTNode): node is BaseASTNode & { subExpression: BaseASTNode } =>
  node.type === "UnaryOperation" && "operator" in node && node.operator === "!";
const joins = (node: BaseASTNode): node is BinaryOperation =>
  node.type === "BinaryOperation" && "operator" in node && (node.operator === "&&" || node.operator === "||");

function placeOf({ range, loc, type }: BaseASTNode): Place {
  if (!range || !loc) throw new Error(`the parser does not tell where a ${type} is`);
  return { start: range[0], end: range[1] + 1, line: loc.start.line, column: loc.start.column + 1 };
}
