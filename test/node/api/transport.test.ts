import { expect } from "chai";
import { errorBodySchema } from "../../../node/api/error-body.ts";
import { isErrorBody } from "../../../node/api/transport.ts";

const error = { code: "NOT_FOUND", message: "Nothing.", action: "Look.", details: {} };

describe("api/transport", () => {
  const bodies: Record<string, unknown> = {
    "an error": { error },
    "an error of a request": { error, requestId: "req-1" },
    "an error with details": { error: { ...error, details: { field: ["x"] } } },
    "a request without a name": { error, requestId: 1 },
    "an error without an action": { error: { ...error, action: undefined } },
    "an error whose code is a number": { error: { ...error, code: 404 } },
    "details that are a list": { error: { ...error, details: [] } },
    "details that are null": { error: { ...error, details: null } },
    "no error": {},
    "a sentence": "busy",
    nothing: undefined,
    null: null,
  };
  for (const [name, body] of Object.entries(bodies)) {
    it(`takes ${name} as the schema of errors does`, () => {
      expect(isErrorBody(body)).to.equal(errorBodySchema.safeParse(body).success);
    });
  }
});
