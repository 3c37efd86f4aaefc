import { expect } from "chai";
import type { Command } from "commander";
import { createProgram } from "../../../node/cli/program.ts";
import { registrationText } from "../../../node/cli/registration-text.ts";
import { reportFailure } from "../../../node/cli/report.ts";
import { facts, milliseconds, table } from "../../../node/cli/table.ts";
import { registrationFor } from "../../harness/membership.ts";

/** What `--help` of a command prints, with what stands before and after. */
function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text), writeErr: (text) => (help += text) });
  command.outputHelp();
  return help;
}

const program = createProgram(() => new AbortController());

const nameOf = (command: Command) =>
  (command.parent === program ? [] : [command.parent])
    .concat(command)
    .map((part) => part?.name())
    .join(" ");

/** Of a group, also those of its commands. */
const optionsOf = (command: Command) =>
  [command, command.parent, ...command.commands].flatMap((part) => part?.options ?? []).map(({ long }) => long);

describe("cli/program", () => {
  it("shows in its help every command and how to begin", () => {
    const help = helpOf(program);
    for (const command of program.commands) expect(help).to.include(command.name());
    for (const start of ["shadowmesh init", "shadowmesh register", "shadowmesh up"]) expect(help).to.include(start);
  });

  for (const command of program.commands.flatMap((group) => [group, ...group.commands])) {
    it(`explains ${nameOf(command)}: what it does, each option, and by example what it needs`, () => {
      const help = helpOf(command);
      expect(command.description()).to.match(/\S.*[.)]$/);
      for (const option of command.options) {
        expect(option.description, option.flags).to.match(/\S/);
        expect(help).to.include(option.flags);
      }
      const needs = command.registeredArguments.length > 0 || command.options.some(({ mandatory }) => mandatory);
      if (needs || command.commands.length > 0) expect(help).to.match(/Examples?:\n {2}\$ shadowmesh /);
      // What an example shows must be taken.
      for (const [, name] of help.matchAll(/\$ shadowmesh (\w+)/g)) {
        expect(program.commands.map((known) => known.name())).to.include(name);
      }
      for (const [, option] of help.slice(help.indexOf("Example")).matchAll(/\s(--[a-z-]+)/g)) {
        if (help.includes("Example")) expect(optionsOf(command)).to.include(option);
      }
      if (command.parent === program) expect(optionsOf(command)).to.include.members(["--data", "--json"]);
    });
  }
});

describe("cli/program in wrong use", () => {
  /** Parses in this process; what commander would print, and the exit code. */
  async function parse(args: string[]): Promise<{ code: number; said: string }> {
    let said = "";
    const parsed = createProgram(() => new AbortController());
    for (const command of [parsed, ...parsed.commands]) {
      command.configureOutput({ writeOut: (text) => (said += text), writeErr: (text) => (said += text) });
    }
    const code = await parsed.parseAsync(["node", "shadowmesh", ...args]).then(
      () => 0,
      (error: unknown) => reportFailure(error, false),
    );
    return { code, said };
  }
  const peerId = `0x${"12".repeat(20)}`;
  const runs: [string[], number, RegExp][] = [
    [["--help"], 0, /Usage: shadowmesh/],
    [["lookup", "--help"], 0, /Example/],
    [["fly"], 2, /unknown command/],
    [["status", "--fast"], 2, /unknown option/],
    [["lookup"], 2, /missing required argument/],
    [["lookup", "0x1234"], 2, /40 hex digits/],
    [["why", "--help"], 0, /Examples/],
    [["why", "0x12"], 2, /40 hex digits/],
    [["ping", `${peerId}00`], 2, /40 hex digits/],
    [["ping", peerId, "--count", "0"], 2, /1 to 100/],
    [["ping", peerId, "--count", "many"], 2, /1 to 100/],
    [["throughput", peerId, "--size", "2G"], 2, /up to 1G/],
    [["throughput", peerId, "--size", "-1"], 2, /such as 64M/],
    [["register", "--region", "europe", "--bandwidth", "1"], 2, /--type/],
    [["register", "--type", "fast", "--region", "europe", "--bandwidth", "1"], 2, /private, public, backbone/],
    [["register", "--type", "public", "--region", "europe", "--bandwidth", "1.5"], 2, /Mbit/],
    [["register", "--type", "public", "--region", "europe", "--bandwidth", "10000001"], 2, /to 10000000/],
    [["register", "--type", "public", "--region", "", "--bandwidth", "1"], 2, /1 to 32 bytes/],
    [["register", "--type", "public", "--region", "ü".repeat(17), "--bandwidth", "1"], 2, /1 to 32 bytes/],
    [["register", "--type", "public", "--region", "europe", "--bandwidth", "1", "--stake", "ten"], 2, /in SHM/],
    [["operator", "sell"], 2, /create or import/],
  ];
  for (const [args, code, wanted] of runs) {
    it(`answers ${args.join(" ").replace(peerId, "<peerID>")} with exit code ${code} and a hint`, async () => {
      const outcome = await parse(args);
      expect(outcome.code).to.equal(code);
      expect(outcome.said).to.match(wanted);
    });
  }
});

describe("cli/registration", () => {
  const registration = registrationFor(`0x${"12".repeat(20)}`);
  it("says in a few words what the contract knows of a node", () => {
    expect(registrationText(null)).to.equal("not registered yet");
    expect(registrationText(registration)).to.equal("light_public in europe, 100 Mbit/s, 100 SHM staked");
    expect(registrationText({ ...registration, active: false })).to.match(/^no longer \(light_public .*unbonding\)$/);
  });
});

describe("cli/table", () => {
  it("pads columns to their widest cell, without spaces at the end", () => {
    expect(table(["A", "LONG"], [["wide", "x"], ["y"]])).to.equal("A     LONG\nwide  x\ny");
  });

  it("sets facts in two columns", () => {
    expect(
      facts([
        ["Peer ID", "0x1"],
        ["API", "url"],
      ]),
    ).to.equal("Peer ID  0x1\nAPI      url");
  });

  it("shows short times with a decimal", () => {
    expect([milliseconds(0.25), milliseconds(9.96), milliseconds(10), milliseconds(1234.5)]).to.deep.equal([
      "0.3 ms",
      "10.0 ms",
      "10 ms",
      "1235 ms",
    ]);
  });
});
