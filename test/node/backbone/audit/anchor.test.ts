import { expect } from "chai";
import { parseEther, toHex } from "viem";
import { createAnchoring, createHeads, verifyLog } from "../../../../node/backbone/audit/index.ts";
import { createAnchorChain } from "../../../../node/backbone/index.ts";
import { createChain, registerNode } from "../../../../node/core/chain/index.ts";
import { account, startTestChain } from "../../../harness/anvil.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { databases, newIdentity } from "../fixture.ts";
import { openAudit } from "./fixture.ts";

const day = 24 * 3_600_000;
const operator = account(1);

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/audit/anchor on a real chain and ${testDatabase.name}`, function () {
    this.timeout(180_000);
    const anvil = startTestChain();
    after(() => testDatabase.close());

    it("brings the head on chain once a day where something happened, and finds it there when it verifies", async () => {
      const { nodeNexus, auditAnchors } = await anvil().deployAll({ backboneOperators: [operator.address] });
      const { rpcUrl } = anvil();
      const config = { rpcUrl, chainId: 31337, nexusAddress: nodeNexus, pollIntervalMs: 100 };
      const chain = createChain({ ...config, auditAnchorsAddress: auditAnchors }, { log: silent });
      await chain.start(AbortSignal.timeout(60_000));
      const identity = newIdentity();
      // The chain's clock is ahead of none of these.
      const clock = createClock(Date.now() + day);
      const { database, audit, close } = await openAudit(await testDatabase.open(), clock.now);
      try {
        const anchors = createAnchorChain(chain, identity) ?? expect.fail();
        const domain = chain.statementDomain;
        const shared = { now: clock.now, log: silent };
        const heads = createHeads({ database, signer: identity, domain, ...shared });
        const { look } = createAnchoring({ chain: anchors, heads, ...shared });
        const happen = () => audit.record({ type: "test.happened", actor: null, subject: null });

        await registerNode(chain, identity, operator, {
          nodeType: "backbone_auth",
          region: "europe",
          bandwidthMbps: 100,
        });
        expect(await look()).to.equal(false);
        await happen();
        await expectCode(look(), "INSUFFICIENT_FUNDS");
        await anvil().rpc("anvil_setBalance", [identity.nodeAddress, toHex(parseEther("1"))]);
        expect(await look()).to.equal(true);
        expect((await anchors.last())?.size).to.equal(1);
        await happen();
        clock.advance(-day);
        expect(await look(), "within the day").to.equal(false);
        clock.advance(3 * day);
        expect(await look(), "a day later").to.equal(true);
        clock.advance(3 * day);
        expect(await look(), "without news").to.equal(false);

        const { anchored, findings } = await verifyLog({ database, domain, anchors }, AbortSignal.timeout(60_000));
        expect([anchored, findings]).to.deep.equal([2, []]);
        expect(createAnchorChain(createChain(config, { log: silent }), identity)).to.equal(null);
      } finally {
        await close();
        await chain.stop();
      }
    });
  });
}
