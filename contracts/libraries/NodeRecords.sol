// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title A node's record, as its slots are read
library NodeRecords {
    /// @dev Tells the two meanings of `Record.unbonding` apart: no unbonding period is that long, and no date that early.
    function isDate(uint32 unbonding) internal pure returns (bool) {
        return unbonding > 90 days;
    }

    function node(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) internal view returns (INodeNexus.Node memory result) {
        NexusLayout.Record storage record = $.records[peerID];
        if (record.operator == address(0)) return result;
        ScoreIndex.Entry storage entry = $.entries[record.id];
        result.peerID = peerID;
        result.nodeType = entry.nodeType;
        result.region = $.regionNames[entry.region - 1];
        result.operator = record.operator;
        result.bandwidthMbps = entry.bandwidthMbps;
        result.stake = record.stake;
        result.lastSeen = record.lastSeen;
        result.active = !isDate(record.unbonding);
    }
}
