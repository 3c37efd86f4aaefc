// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice A next version that would overwrite what is stored.
contract NodeNexusBadLayout is UUPSUpgradeable {
    /// @custom:storage-location erc7201:shadowmesh.storage.NodeNexus
    struct NodeNexusStorage {
        address pauser;
        uint256 config;
        mapping(bytes20 peerID => uint256) records;
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override {}
}
