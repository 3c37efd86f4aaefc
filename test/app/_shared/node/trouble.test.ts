import { expect } from "chai";
import { troubleOf } from "../../../../app/_shared/node/trouble.ts";
import { clientErrors } from "../../../../node/api/transport.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";

describe("app/node/trouble", () => {
  const invalid = new ShadowMeshError(clientErrors.ANSWER_INVALID);
  const unreachable = new ShadowMeshError(clientErrors.DAEMON_UNREACHABLE);

  it("is none while everything is answered", () => {
    expect(troubleOf(null, null)).to.equal(null);
  });

  it("tells a daemon of another version, whose answers do not fit the page, from one that is away", () => {
    expect(troubleOf(invalid, null)).to.equal("replaced");
    expect(troubleOf(null, unreachable)).to.equal("away");
  });

  it("asks nobody to reload a page from a daemon that is away", () => {
    expect(troubleOf(invalid, unreachable)).to.equal("away");
    expect(troubleOf(new Error("broken"))).to.equal("away");
  });
});
