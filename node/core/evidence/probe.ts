import {
  type Address,
  bytesToHex,
  concat,
  type Hex,
  hexToBytes,
  keccak256,
  recoverTypedDataAddress,
  slice,
  stringToHex,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { computePeerId } from "../identity/peer-id.ts";
import { type StatementDomain, statementDomain, statementTypes } from "../records/statement.ts";

export const probeProtocol = "/shadowmesh/probe/1.0.0";
/** Both frames of the protocol: a question is nonce ‖ key hash ‖ signature, an answer key hash ‖ signature. */
export const questionBytes = 32 + 32 + 65;
export const answerBytes = 32 + 65;
/** How far a question's time may be from the node's clock: what is asked ahead of time could be kept for later. */
export const maxClockOffsetMs = 2 * 60_000;

const label = stringToHex("shadowmesh/probe/1");

/** A key's signature and what makes a peer ID of its address. */
export interface Signed {
  /** keccak256 of the ML-DSA-87 public key, 32 bytes. */
  readonly mlDsaKeyHash: Hex;
  /** 65 bytes. */
  readonly signature: Hex;
}

/** Signs EIP-712 typed data by the node key. */
export interface Signer {
  readonly peerId: Hex;
  readonly mlDsaKeyHash: Hex;
  readonly nodeAccount: Pick<PrivateKeyAccount, "signTypedData">;
}

export interface Question extends Signed {
  readonly nonce: Hex;
}

/** A nonce that names when it was made: 8 bytes of milliseconds, 24 random ones. */
export function createNonce(sentAtMs: number): Hex {
  const time = new DataView(new ArrayBuffer(8));
  time.setBigUint64(0, BigInt(sentAtMs));
  return bytesToHex(new Uint8Array([...new Uint8Array(time.buffer), ...crypto.getRandomValues(new Uint8Array(24))]));
}

export function sentAtOf(nonce: Hex): number {
  return Number(BigInt(slice(nonce, 0, 8)));
}

/**
 * What a node signs to show that it is there: a statement whose topic names prober and nonce, and whose content says
 * nothing else. However often it is asked the same, it signs the same: no two of its answers contradict each other.
 */
export function answerStatement(probe: { prober: Hex; node: Hex; nonce: Hex }, domain: StatementDomain) {
  const topic = keccak256(concat([label, probe.prober, probe.nonce]));
  return {
    domain: statementDomain(domain),
    types: statementTypes,
    primaryType: "Statement",
    message: { peerID: probe.node, topic, sequence: 0n, contentHash: keccak256(topic) },
  } as const;
}

function questionData(probe: { prober: Hex; node: Hex; nonce: Hex }, domain: StatementDomain) {
  return {
    domain: statementDomain(domain),
    types: {
      Probe: [
        { name: "prober", type: "bytes20" },
        { name: "node", type: "bytes20" },
        { name: "nonce", type: "bytes32" },
      ],
    },
    primaryType: "Probe",
    message: probe,
  } as const;
}

export async function signQuestion(signer: Signer, node: Hex, nonce: Hex, domain: StatementDomain): Promise<Question> {
  const signature = await signer.nodeAccount.signTypedData(
    questionData({ prober: signer.peerId, node, nonce }, domain),
  );
  return { nonce, mlDsaKeyHash: signer.mlDsaKeyHash, signature };
}

export async function isQuestionOf(
  prober: Hex,
  node: Hex,
  question: Question,
  domain: StatementDomain,
): Promise<boolean> {
  return (await signerOf(questionData({ prober, node, nonce: question.nonce }, domain), question)) === prober;
}

export async function signAnswer(signer: Signer, prober: Hex, nonce: Hex, domain: StatementDomain): Promise<Signed> {
  const statement = answerStatement({ prober, node: signer.peerId, nonce }, domain);
  return { mlDsaKeyHash: signer.mlDsaKeyHash, signature: await signer.nodeAccount.signTypedData(statement) };
}

/** Whether the answer is the node's own. */
export async function isAnswer(
  probe: { prober: Hex; node: Hex; nonce: Hex },
  answer: Signed,
  domain: StatementDomain,
): Promise<boolean> {
  return (await signerOf(answerStatement(probe, domain), answer)) === probe.node;
}

/** The peer ID whose key signed, or null where the signature is malformed. */
export async function signerOf(
  data: Omit<Parameters<typeof recoverTypedDataAddress>[0], "signature">,
  { mlDsaKeyHash, signature }: Signed,
): Promise<Hex | null> {
  const address: Address | null = await recoverTypedDataAddress({ ...data, signature } as never).catch(() => null);
  return address === null ? null : computePeerId(address, mlDsaKeyHash);
}

export function encodeQuestion({ nonce, mlDsaKeyHash, signature }: Question): Uint8Array {
  return hexToBytes(concat([nonce, mlDsaKeyHash, signature]));
}

export function decodeQuestion(frame: Uint8Array): Question | null {
  if (frame.length !== questionBytes) return null;
  const hex = bytesToHex(frame);
  return { nonce: slice(hex, 0, 32), mlDsaKeyHash: slice(hex, 32, 64), signature: slice(hex, 64) };
}

export function encodeAnswer({ mlDsaKeyHash, signature }: Signed): Uint8Array {
  return hexToBytes(concat([mlDsaKeyHash, signature]));
}

export function decodeAnswer(frame: Uint8Array): Signed | null {
  if (frame.length !== answerBytes) return null;
  const hex = bytesToHex(frame);
  return { mlDsaKeyHash: slice(hex, 0, 32), signature: slice(hex, 32) };
}
