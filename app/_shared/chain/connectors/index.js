export { injected, mock } from "@wagmi/core";

/** RainbowKit imports these by name, for wallets that ShadowMesh does not offer: each would call other hosts. */
function leftOut() {
  throw new Error("This connector is not part of ShadowMesh.");
}

export {
  leftOut as baseAccount,
  leftOut as coinbaseWallet,
  leftOut as metaMask,
  leftOut as safe,
  leftOut as walletConnect,
};
