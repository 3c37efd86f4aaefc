import { expect } from "chai";
import { branchesOf } from "../../../scripts/coverage/branches.ts";

/** What is counted in a function's body, as its source has it. */
function counted(body: string): string[] {
  const source = `contract C { function f(uint256 a, bool b, bool c) external { ${body} } }`;
  return branchesOf(source).map(({ kind, start, end }) => `${kind} ${source.slice(start, end).trim()}`);
}

describe("scripts/coverage, what branches", () => {
  it("counts the conditions of if, for, while, do, ? : and require", () => {
    expect(counted("if (a > 1) a = 2;")).to.deep.equal(["condition a > 1"]);
    expect(counted("for (uint256 i = 0; i < a; ++i) a = 2;")).to.deep.equal(["condition i < a"]);
    expect(counted("for (;;) break;")).to.deep.equal([]);
    expect(counted("while (b) a = 2;")).to.deep.equal(["condition b"]);
    expect(counted("do { a = 2; } while (b);")).to.deep.equal(["condition b"]);
    expect(counted("a = b ? 1 : 2;")).to.deep.equal(["condition b"]);
    expect(counted("require(a == 1, Odd());")).to.deep.equal(["condition a == 1"]);
    expect(counted("verify(a == 1);")).to.deep.equal([]);
  });

  it("counts each operand of && and || by itself, in conditions and elsewhere", () => {
    expect(counted("if (!(b && a == 1) || c) a = 2;")).to.deep.equal([
      "condition b",
      "condition a == 1",
      "condition c",
    ]);
    expect(counted("c = b || a == 1;")).to.deep.equal(["condition b", "condition a == 1"]);
    expect(counted("if ((b ? a : 1) == 2) a = 3;")).to.deep.equal(["condition (b ? a : 1) == 2", "condition b"]);
  });

  it("counts the conditions and the cases of assembly", () => {
    expect(counted("assembly { if lt(a, 2) { a := 2 } for { } gt(a, 1) { } { a := 0 } }")).to.deep.equal([
      "assemblyCondition lt(a, 2)",
      "assemblyCondition gt(a, 1)",
    ]);
    expect(counted("assembly { switch a case 0 { a := 1 } default { a := 2 } }")).to.deep.equal([
      "case a := 1 }",
      "case a := 2 }",
    ]);
    expect(() => counted("assembly { switch a case 0 { a := 1 } }")).to.throw("line 1: a switch needs a default");
  });

  it("counts each modifier of a function, not what a constructor names", () => {
    const source = "contract C is B { constructor() B(1) {} function f() external override only(1) once {} }";
    expect(branchesOf(source).map(({ kind, start, end }) => `${kind} ${source.slice(start, end)}`)).to.deep.equal([
      "modifier only(1)",
      "modifier once",
    ]);
  });

  it("says where", () => {
    const source = "contract C {\n  function f(bool b) external {\n    if (b) revert();\n  }\n}";
    expect(branchesOf(source)).to.deep.equal([{ kind: "condition", start: 53, end: 54, line: 3, column: 9 }]);
  });
});
