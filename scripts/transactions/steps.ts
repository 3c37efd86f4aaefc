import {
  type Abi,
  type AbiParameter,
  type Address,
  type EncodeDeployDataParameters,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  keccak256,
  stringToHex,
} from "viem";

/** A transaction of a plan. Its nonce is fixed, so it can be sent twice and happens once. */
export interface Step {
  /** What it is for, in a few words. */
  title: string;
  nonce: number;
  /** Null where it creates a contract. */
  to: Address | null;
  data: Hex;
  /** The call, decoded, for people. */
  call: string;
  /** The contract that it creates. */
  creates?: Address;
}

/** A call for whoever may make it. */
export interface Call {
  to: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
}

type Creation<A extends Abi> = EncodeDeployDataParameters<A>;

/** Collects the transactions of one account from a nonce on; the addresses of contracts follow from the nonces. */
export function createPlanner(deployer: Address, firstNonce: number) {
  const steps: Step[] = [];
  const constructorArguments: Record<string, Hex> = {};
  const addressAt = (nonce: number) => getContractAddress({ from: deployer, nonce: BigInt(nonce) });
  const nextNonce = () => firstNonce + steps.length;

  return {
    steps: steps as readonly Step[],
    constructorArguments: constructorArguments as Readonly<Record<string, Hex>>,
    /** The address of the contract that is created after so many others. */
    addressAfter: (creations: number): Address => addressAt(nextNonce() + creations),
    /**
     * @param name - What the deployment file calls its constructor's arguments.
     * @param call - What the constructor is told, where its arguments hide it.
     */
    create<const A extends Abi>(name: string, title: string, creation: Creation<A>, call?: string): Address {
      const { abi, bytecode, args = [] } = creation as { abi: Abi; bytecode: Hex; args?: readonly unknown[] };
      const data = encodeDeployData(creation);
      const [nonce, creates] = [nextNonce(), addressAt(nextNonce())];
      const inputs = abi.find((item) => item.type === "constructor")?.inputs ?? [];
      if (inputs.length > 0) constructorArguments[name] = `0x${data.slice(bytecode.length)}`;
      const told = call ?? describe("constructor", inputs, args);
      steps.push({ title, nonce, to: null, data, call: told, creates });
      return creates;
    },
    call(title: string, { to, abi, functionName, args }: Call): void {
      const data = encodeFunctionData({ abi, functionName, args });
      steps.push({ title, nonce: nextNonce(), to, data, call: describeCall(abi, functionName, args) });
    },
  };
}

export type Planner = ReturnType<typeof createPlanner>;

/** Changes with anything that the plan would send. */
export const planHash = (steps: readonly Step[]): Hex =>
  keccak256(stringToHex(JSON.stringify(steps.map(({ nonce, to, data }) => [nonce, to, data]))));

export function describeCall(abi: Abi, functionName: string, args: readonly unknown[]): string {
  const item = abi.find((candidate) => candidate.type === "function" && candidate.name === functionName);
  return describe(functionName, item?.type === "function" ? item.inputs : [], args);
}

function describe(name: string, inputs: readonly AbiParameter[], args: readonly unknown[]): string {
  return `${name}(${args.map((arg, index) => named(inputs[index]?.name, arg)).join(", ")})`;
}

const named = (name: string | undefined, value: unknown) => (name ? `${name}: ${valueText(value)}` : valueText(value));

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return shorten(String(value));
  return `{${Object.entries(value)
    .map(([name, field]) => named(name, field))
    .join(", ")}}`;
}

/** Bytes of nested calls are told by their length; addresses and words are shown whole. */
const shorten = (text: string) =>
  text.startsWith("0x") && text.length > 66 ? `${text.slice(0, 10)}… (${text.length / 2 - 1} bytes)` : text;
