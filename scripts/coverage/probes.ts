import { createHash } from "node:crypto";
import { branchesOf } from "./branches.ts";

/** One way that a branch can go. */
export interface Way {
  line: number;
  column: number;
  /** What a reader is told where no test goes it. */
  missing: "never true" | "never false" | "never taken" | "never lets through" | "never refuses";
  /** What the chain reports once it is gone: 32 bytes in hex, of modifiers the first 24. */
  tag: string;
  /** It is gone if `tag` is reported more often than this: a refusal takes back whatever could report it. */
  moreThan?: string;
}

/** Where Hardhat's EDR listens for the tags of what is reached: see `coverage.sol` in its package. */
const listener = "0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE";
const hit = "__NomicFoundationCoverage.sendHit";

/** The ways through a file; they are known by their order, so that statements in between make no difference. */
export function waysOf(file: string, source: string): Way[] {
  return branchesOf(source).flatMap(({ kind, line, column }, index): Way[] => {
    const [first, second] = [tagOf(file, index, true), tagOf(file, index, false)];
    const place = { line, column };
    if (kind === "case") return [{ ...place, missing: "never taken", tag: first }];
    if (kind === "modifier") {
      const [before, after] = [counted(first), counted(second)];
      return [
        { ...place, missing: "never lets through", tag: after },
        { ...place, missing: "never refuses", tag: before, moreThan: after },
      ];
    }
    return [
      { ...place, missing: "never true", tag: first },
      { ...place, missing: "never false", tag: second },
    ];
  });
}

/**
 * Makes each way through a file report itself. A condition becomes the argument of a function that returns it: whatever
 * it does happens once, in its order, and only where it did before. A modifier gets one before it and one after.
 * @param file The same name as for `waysOf`.
 * @param source With EDR's library imported, as its own probes need it.
 */
export function addProbes(file: string, source: string): string {
  const prefix = `__branch_${createHash("sha256").update(file).digest("hex").slice(0, 8)}_`;
  const insertions: { at: number; text: string }[] = [];
  const insert = (at: number, text: string) => insertions.push({ at, text });
  let functions = "";
  for (const [index, branch] of branchesOf(source).entries()) {
    const { kind, start, end } = branch;
    const [name, first, second] = [prefix + index, `0x${tagOf(file, index, true)}`, `0x${tagOf(file, index, false)}`];
    if (kind === "condition") {
      functions += `function ${name}(bool c) pure returns (bool) { ${hit}(c ? ${first} : ${second}); return c; } `;
    } else if (kind === "modifier") {
      for (const [place, tag] of Object.entries({ before: first, after: second })) {
        insert(
          branch.block,
          `modifier ${name}_${place}() { ${hit}(${counted(tag)}${"0".repeat(16)} | gasleft()); _; } `,
        );
      }
    } else {
      insert(branch.block, ` ${assemblyProbe(name, kind, first, second)}`);
    }
    if (kind === "case") insert(start, ` ${name}()`);
    else if (kind === "modifier") {
      insert(start, `${name}_before `);
      insert(end, ` ${name}_after`);
    } else {
      insert(start, `${name}(`);
      insert(end, ")");
    }
  }
  // From the end, so that the places before stay where they are; of two at one place the later one stands behind.
  const ordered = insertions.map((insertion, order) => ({ ...insertion, order }));
  ordered.sort((a, b) => b.at - a.at || b.order - a.order);
  for (const { at, text } of ordered) source = source.slice(0, at) + text + source.slice(at);
  return functions === "" ? source : `${source}\n${functions}\n`;
}

/** Leaves memory as it was; not what the last call returned. Its names must be none of the source's. */
function assemblyProbe(name: string, kind: "assemblyCondition" | "case", yes: string, no: string): string {
  const report = `pop(staticcall(gas(), ${listener}, 0, 32, 0, 0)) mstore(0, __kept)`;
  return kind === "case"
    ? `function ${name}() { let __kept := mload(0) mstore(0, ${yes}) ${report} }`
    : `function ${name}(__c) -> __r { __r := __c let __kept := mload(0) mstore(0, ${no}) ` +
        `if __c { mstore(0, ${yes}) } ${report} }`;
}

/**
 * EDR reports a tag once for a transaction. A call back that a modifier refuses is of the same transaction as the call
 * that it let through; what gas is left tells the two apart, in the last 8 bytes.
 */
export const counted = (tag: string) => tag.slice(0, tag.length - 16);

const tagOf = (file: string, index: number, way: boolean) =>
  createHash("sha256").update(`${file}:${index}:${way}`).digest("hex");
