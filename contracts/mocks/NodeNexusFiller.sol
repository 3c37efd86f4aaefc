// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "../libraries/ScoreIndex.sol";

/// @notice Stands in for NodeNexus for a moment, to fill it with nodes faster than they could register.
contract NodeNexusFiller is NexusLayout, UUPSUpgradeable {
    /// @dev Public nodes of the caller in the first region, with scores from 40 to 100.
    function fill(uint256 count) external {
        NodeNexusStorage storage $ = _storage();
        ScoreIndex.Group storage group = $.groups[(1 << 8) | uint256(uint8(INodeNexus.NodeType.LIGHT_PUBLIC))];
        uint32 id = $.config.lastId;
        for (uint256 i = 0; i < count; ++i) {
            ++id;
            uint256 dice = uint256(keccak256(abi.encode(id)));
            bytes20 peerID = bytes20(uint160(dice));
            uint8 score = uint8(40 + ((dice >> 160) % 61));
            Record storage record = $.records[peerID];
            (record.operator, record.id, record.lastSeen, record.unbonding) = (
                msg.sender,
                id,
                uint32(block.timestamp),
                $.config.unbondingPeriod
            );
            record.stake = 100 ether;
            $.entries[id] = ScoreIndex.Entry({
                peerID: peerID,
                position: ScoreIndex.append(group, id, score, 100),
                score: score,
                region: 1,
                nodeType: INodeNexus.NodeType.LIGHT_PUBLIC,
                bandwidthMbps: 100
            });
        }
        $.config.lastId = id;
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override {}
}
