import { defineErrors } from "../errors.ts";

export const chainErrors = defineErrors({
  CHAIN_UNREACHABLE: {
    status: 503,
    summary: "The chain's RPC endpoint does not answer.",
    action: "Check `chain.rpcUrl`; the daemon keeps trying by itself, with back-off.",
  },
  WRONG_CHAIN: {
    status: 409,
    summary: "The RPC endpoint serves another chain than the configured one.",
    action: "Set `chain.chainId` and `chain.rpcUrl` to the same network.",
  },
  NO_CONTRACT: {
    status: 409,
    summary: "There is no NodeNexus contract at the configured address.",
    action: "Set `chain.nexusAddress` to the address printed at deployment (contracts/deployments/).",
  },
  NO_PAYMENTS_CONTRACT: {
    status: 409,
    summary: "No RelayPayments contract is configured: relaying costs nothing here, and earns nothing.",
    action: "Set `chain.relayPaymentsAddress` to the address printed at deployment (contracts/deployments/).",
  },
  TRANSACTION_REVERTED: {
    status: 422,
    summary: "The contract refused the transaction.",
    action: "The reason is in `details`; where the simulation found it, nothing was sent.",
  },
  STAKE_TOO_LOW: {
    status: 422,
    summary: "The stake is lower than the contract's minimum for this type of node.",
    action: "Leave --stake out to send the minimum.",
  },
  PROOF_NOT_YOURS: {
    status: 422,
    summary: "The node's proof does not let this operator register this node.",
    action: "Let the node sign a new proof for the operator that registers it: run the command again.",
  },
  INSUFFICIENT_FUNDS: {
    status: 422,
    summary: "The operator's account does not hold enough SHM for stake and gas.",
    action: "Send SHM to the operator's address, then try again.",
  },
  PRIVATE_KEY_INVALID: {
    status: 400,
    summary: "This is not a private key: it takes 0x and 64 hex digits.",
    action: "Export the key again from the wallet that holds it.",
  },
  REGION_NOT_OPEN: {
    status: 422,
    summary: "The contract takes no nodes in this region.",
    action: "Choose a region of the contract's list.",
  },
  KEYSTORE_MISSING: {
    status: 404,
    summary: "There is no operator keystore here yet.",
    action: "Run `shadowmesh operator create` to make one, or name another file with --keystore.",
  },
  KEYSTORE_EXISTS: {
    status: 409,
    summary: "There is a keystore here already; it is never overwritten.",
    action: "Choose another file with --keystore.",
  },
  PASSWORD_TOO_SHORT: {
    status: 400,
    summary: "The password of a keystore takes at least 8 characters.",
    action: "Choose a longer one: whoever gets the file can try passwords for as long as they like.",
  },
  KEYSTORE_UNREADABLE: {
    status: 400,
    summary: "The operator keystore cannot be opened.",
    action: "Check the path and the password; the file must be encrypted JSON (Web3 Secret Storage v3).",
  },
});
