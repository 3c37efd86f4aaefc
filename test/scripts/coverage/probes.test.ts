import { createRequire } from "node:module";
import { expect } from "chai";
import { addProbes, waysOf } from "../../../scripts/coverage/probes.ts";

const { compile } = createRequire(import.meta.url)("solc") as { compile(input: string): string };

const source = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
contract C {
  function f(uint256 a, bool b) external pure returns (uint256) {
    if (!(b && a == 1) || (b ? a : 1) == 2) a = b || a > 1 ? 3 : 4;
    for (uint256 i = 0; i < a; ++i) require(a != 7, "seven");
    return a;
  }
  modifier only(uint256 a) { require(a == 1); _; }
  modifier once() { _; }
  function g(uint256 a) external view only(a) once returns (uint256 r) {
    assembly ("memory-safe") {
      for { r := address() } gt(r, 1) { r := shr(8, r) } { if lt(r, 2) { a := 2 } }
      switch a case 0 { r := 1 } case 1 { } default { r := 2 }
    }
  }
}
`;
/** As EDR's instrumentation imports it; what it does is the chain's. */
const library = `pragma solidity ^0.8.28;
library __NomicFoundationCoverage { function sendHit(uint256) internal pure {} }`;

describe("scripts/coverage, probes of branches", () => {
  it("gives each way its own tag, the same whatever statements are added", () => {
    const ways = waysOf("contracts/C.sol", source);
    expect(ways.map(({ line, missing }) => `${line} ${missing}`)).to.deep.equal([
      ...Array.from({ length: 6 }, () => ["5 never true", "5 never false"]).flat(),
      ...Array.from({ length: 2 }, () => ["6 never true", "6 never false"]).flat(),
      ...["9 never true", "9 never false"],
      ...Array.from({ length: 2 }, () => ["11 never lets through", "11 never refuses"]).flat(),
      ...Array.from({ length: 2 }, () => ["13 never true", "13 never false"]).flat(),
      ...Array.from({ length: 3 }, () => "14 never taken"),
    ]);
    const [lets, refuses] = ways.filter(({ line }) => line === 11);
    expect(refuses?.moreThan).to.equal(lets?.tag);
    expect(new Set(ways.map(({ tag }) => tag)).size).to.equal(ways.length);
    expect(waysOf("contracts/D.sol", source)[0]?.tag).to.not.equal(ways[0]?.tag);
    const longer = waysOf("contracts/C.sol", source.replace("if (!", "a = a + 1 - 1; if (!"));
    expect(longer.map(({ tag }) => tag)).to.deep.equal(ways.map(({ tag }) => tag));
  });

  it("makes a source that compiles, and that names every tag", () => {
    const probed = addProbes("contracts/C.sol", source);
    for (const { tag } of waysOf("contracts/C.sol", source)) expect(probed).to.include(`0x${tag}`);
    const sources = { "C.sol": { content: `${probed}import "library.sol";` }, "library.sol": { content: library } };
    const settings = { outputSelection: { "*": { "*": ["evm.bytecode.object"] } } };
    const { errors } = JSON.parse(compile(JSON.stringify({ language: "Solidity", sources, settings }))) as {
      errors?: { severity: string; formattedMessage: string }[];
    };
    const refused = errors?.filter(({ severity }) => severity === "error").map((error) => error.formattedMessage);
    expect((refused ?? []).join()).to.equal("");
  });

  it("keeps what a condition evaluates, and when", () => {
    const probed = addProbes("contracts/C.sol", source).replace(/__branch_[0-9a-f]{8}_(\d+)/g, "at$1");
    expect(probed).to.include(
      "if (!(at0(b) && at1(a == 1)) || at2((at3(b) ? a : 1) == 2)) a = at4(b) || at5(a > 1) ? 3 : 4;",
    );
    expect(probed).to.include('for (uint256 i = 0; at6(i < a); ++i) require(at7(a != 7), "seven");');
    expect(probed).to.include("at9_before only(a) at9_after at10_before once at10_after returns (uint256 r) {");
    expect(probed).to.include("{ r := address() } at11(gt(r, 1)) { r := shr(8, r) } { if at12(lt(r, 2)) { a := 2 } }");
    expect(probed).to.include("switch a case 0 { at13() r := 1 } case 1 { at14() } default { at15() r := 2 }");
  });

  it("leaves alone what does not branch", () => {
    const plain = "contract C { uint256 public x; }";
    expect(addProbes("contracts/C.sol", plain)).to.equal(plain);
  });
});
