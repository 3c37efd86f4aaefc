// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NodeNexus} from "../NodeNexus.sol";

/// @notice A next version that keeps the storage layout.
/// @custom:oz-upgrades-unsafe-allow missing-initializer external-library-linking
contract NodeNexusNext is NodeNexus {
    function nextVersion() external pure returns (bool) {
        return true;
    }
}
