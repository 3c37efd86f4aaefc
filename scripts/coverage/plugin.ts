import type { HardhatPlugin } from "hardhat/types/plugins";

/** Has `hardhat test --coverage` note which ways branches go, beside which statements are reached. */
const branchCoverage: HardhatPlugin = {
  id: "shadowmesh-branch-coverage",
  hookHandlers: { solidity: () => import("./hooks.ts") },
};

export default branchCoverage;
