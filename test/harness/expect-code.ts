import { expect } from "chai";
import { ShadowMeshError } from "../../node/core/errors.ts";

/** Waits for a promise to be rejected with a code of ours; gives the error. */
export async function expectCode(promise: Promise<unknown>, code: string): Promise<ShadowMeshError> {
  const outcome = await promise.then(
    () => ({ error: undefined }),
    (error: unknown) => ({ error }),
  );
  if (outcome.error === undefined) throw new Error(`expected ${code}, but it went well`);
  return toCode(outcome.error, code);
}

/** The same for what throws at once. */
export function expectThrownCode(act: () => unknown, code: string): ShadowMeshError {
  try {
    act();
  } catch (error) {
    return toCode(error, code);
  }
  throw new Error(`expected ${code}, but it went well`);
}

/** Checks that an HTTP answer is an error of ours: its status, its code, and that it says what to do. */
export function expectError(answer: { status: number; text: string }, status: number, code: string): void {
  const { error } = JSON.parse(answer.text) as { error?: { code: string; action: string } };
  expect(error?.code, answer.text).to.equal(code);
  expect(answer.status).to.equal(status);
  expect(error?.action).to.match(/\S/);
}

function toCode(error: unknown, code: string): ShadowMeshError {
  if (!ShadowMeshError.is(error)) throw error;
  expect(error.code, error.message).to.equal(code);
  expect(error.message).to.match(/\S/);
  expect(error.action).to.match(/\S/);
  return error;
}
