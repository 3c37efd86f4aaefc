import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createPublicClient, type Hex, http } from "viem";

interface Reference {
  start: number;
  length: number;
}

interface Compiled {
  evm: { deployedBytecode: { object: string; immutableReferences?: Record<string, Reference[]> } };
}

interface Compilation {
  contracts: Record<string, Record<string, Compiled>>;
}

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

/**
 * A server that speaks Sourcify's API (v2) and does what Sourcify does: compiles what it is given and compares with the
 * code on chain, but for what a constructor sets. The hash of the metadata at its end decides how good a match is: one
 * that was linked after it was compiled has another.
 */
export async function startSourcify(rpcUrl: string) {
  const compiled = new Map<string, Compilation>();
  const compile = (input: string): Compilation => {
    const known = compiled.get(input) ?? (JSON.parse(solc.compile(input)) as Compilation);
    compiled.set(input, known);
    return known;
  };
  const client = createPublicClient({ transport: http(rpcUrl) });
  const verified = new Map<string, string>();
  const jobs = new Map<string, object>();

  async function judge(address: Hex, input: object, identifier: string): Promise<"exact_match" | "match" | null> {
    const separator = identifier.lastIndexOf(":");
    const [source, name] = [identifier.slice(0, separator), identifier.slice(separator + 1)];
    const contract = compile(JSON.stringify(input)).contracts[source]?.[name];
    const code = await client.getCode({ address });
    if (contract === undefined || code === undefined) return null;
    const [found, wanted] = [comparable(code, contract), comparable(undefined, contract)];
    if (found === wanted) return "exact_match";
    return withoutMetadata(found) === withoutMetadata(wanted) ? "match" : null;
  }

  const server = createServer(async (request, response) => {
    const [, , kind, chainOrJob = "", address = ""] = (request.url ?? "").split("/");
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const contractOf = (match: string | null) => ({
      match,
      creationMatch: null,
      runtimeMatch: match,
      chainId: chainOrJob,
      address,
    });
    if (request.method === "POST") {
      const { stdJsonInput, contractIdentifier } = (await json(request)) as {
        stdJsonInput: object;
        contractIdentifier: string;
      };
      const match = await judge(address as Hex, stdJsonInput, contractIdentifier);
      if (match) verified.set(address, match);
      const error = { customCode: "no_match", message: "the bytecode differs", errorId: "1" };
      const verificationId = String(jobs.size);
      jobs.set(verificationId, {
        isJobCompleted: true,
        verificationId,
        jobStartTime: "",
        contract: contractOf(match),
        ...(!match && { error }),
      });
      answer(202, { verificationId });
    } else if (kind === "verify") {
      answer(200, jobs.get(chainOrJob) ?? {});
    } else {
      const match = verified.get(address) ?? null;
      answer(match ? 200 : 404, contractOf(match));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verified: verified as ReadonlyMap<string, string>,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Code without what is only known once it is deployed: immutables, and the own address with which a library begins. */
function comparable(code: Hex | undefined, { evm: { deployedBytecode } }: Compiled): string {
  const bytes = Buffer.from(code?.slice(2) ?? deployedBytecode.object, "hex");
  const isLibrary = deployedBytecode.object.startsWith(`73${"0".repeat(40)}`);
  const unknown = Object.values(deployedBytecode.immutableReferences ?? {}).flat();
  for (const { start, length } of [...unknown, ...(isLibrary ? [{ start: 1, length: 20 }] : [])]) {
    bytes.fill(0, start, start + length);
  }
  return bytes.toString("hex");
}

/** The metadata stands at the end, its length in the last two bytes. */
function withoutMetadata(code: string): string {
  const bytes = Buffer.from(code, "hex");
  return bytes.subarray(0, -2 - bytes.readUInt16BE(bytes.length - 2)).toString("hex");
}
