// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BaseUrl} from "../libraries/BaseUrl.sol";
import {NexusViews} from "../libraries/NexusViews.sol";
import {ScoreBatch} from "../libraries/ScoreBatch.sol";
import {StakePools} from "../libraries/StakePools.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice A next version that would overwrite what is stored.
/// @custom:oz-upgrades-unsafe-allow external-library-linking
contract NodeNexusBadLayout is UUPSUpgradeable {
    /// @custom:storage-location erc7201:shadowmesh.storage.NodeNexus
    struct NodeNexusStorage {
        address pauser;
        uint256 config;
        mapping(bytes20 peerID => uint256) records;
    }

    /// @dev Linked like NodeNexus, for the validation compares versions with the same libraries.
    function libraries() external pure returns (address, address, address, address) {
        return (address(BaseUrl), address(NexusViews), address(ScoreBatch), address(StakePools));
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override {}
}
