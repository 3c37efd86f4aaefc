import { hash } from "node:crypto";

// How a client checks a proof, written from RFC 9162 and not from the code that makes them.

const pair = (left: string, right: string) => hash("sha256", Buffer.from(`01${left}${right}`, "hex"));

/** Section 2.1.3.2. */
export function provesInclusion(proof: {
  sequence: number;
  size: number;
  leafHash: string;
  path: readonly string[];
  root: string;
}): boolean {
  const { sequence, size, path, root } = proof;
  if (sequence >= size) return false;
  let [fn, sn, r] = [sequence, size - 1, proof.leafHash];
  for (const p of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = pair(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else r = pair(r, p);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && r === root;
}

/** Section 2.1.4.2. */
export function provesConsistency(proof: {
  first: number;
  second: number;
  firstRoot: string;
  secondRoot: string;
  path: readonly string[];
}): boolean {
  const { first, second, firstRoot, secondRoot } = proof;
  if (first === second) return proof.path.length === 0 && firstRoot === secondRoot;
  const isPower = Number.isInteger(Math.log2(first));
  const [start, ...rest] = isPower ? [firstRoot, ...proof.path] : proof.path;
  if (start === undefined) return false;
  let [fn, sn, fr, sr] = [first - 1, second - 1, start, start];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  for (const c of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [pair(c, fr), pair(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else sr = pair(sr, c);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return fr === firstRoot && sr === secondRoot && sn === 0;
}
