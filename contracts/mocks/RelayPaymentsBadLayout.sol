// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice A next version that would overwrite what is stored.
contract RelayPaymentsBadLayout is UUPSUpgradeable {
    /// @custom:storage-location erc7201:shadowmesh.storage.RelayPayments
    struct RelayPaymentsStorage {
        uint256 accounts;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    // solhint-disable-next-line no-empty-blocks
    constructor(address, uint64) {}

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override {}
}
