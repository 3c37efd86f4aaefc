import { expect } from "chai";
import { createOpenApi } from "../../../node/api/openapi.ts";
import { daemonApi, routes } from "../../../node/api/routes.ts";

// As a client reads it.
const document = JSON.parse(JSON.stringify(createOpenApi(daemonApi)));

describe("api/openapi", () => {
  it("describes every route of the daemon under its path and method", () => {
    expect(document.openapi).to.equal("3.1.0");
    for (const [name, route] of Object.entries(routes)) {
      expect(document.paths[route.path][route.method.toLowerCase()].operationId).to.equal(name);
    }
  });

  it("puts the input of a GET into the query and that of a POST into the body", () => {
    const lookup = document.paths["/api/lookup"].get;
    expect(lookup.parameters).to.have.length(1);
    expect(lookup.parameters[0]).to.include({ name: "peerId", in: "query", required: true });
    expect(lookup.parameters[0].schema.pattern).to.include("[0-9a-fA-F]{40}");
    const ping = document.paths["/api/ping"].post;
    expect(ping.requestBody.content["application/json"].schema.properties.count).to.include({ default: 4 });
  });

  it("lists the error codes of each status", () => {
    const { responses } = document.paths["/api/session"].post;
    expect(responses["401"].content["application/json"].examples).to.have.all.keys("SIGN_IN_TOKEN_INVALID");
    expect(responses["429"].description).to.include("RATE_LIMITED");
    expect(responses).to.include.all.keys("200", "400", "500");
  });

  it("says how each route is opened", () => {
    expect(document.paths["/healthz"].get.security).to.deep.equal([]);
    expect(document.paths["/api/status"].get.security).to.deep.equal([{ apiKey: [] }, { session: [] }]);
    expect(document.components.securitySchemes).to.have.all.keys("apiKey", "session");
  });

  it("is plain JSON", () => expect(JSON.parse(JSON.stringify(document))).to.deep.equal(document));
});
