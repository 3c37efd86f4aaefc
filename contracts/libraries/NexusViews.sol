// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title What NodeNexus tells of its nodes in structs
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit.
library NexusViews {
    using ScoreIndex for ScoreIndex.Group;

    /// @dev Light nodes below it are left out of look-ups until they recover.
    uint8 private constant LOOKUP_FLOOR = 30;

    function node(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) public view returns (INodeNexus.Node memory result) {
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
        result.active = record.unbonding <= 90 days;
    }

    function backbones(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region
    ) external view returns (bytes20[] memory peerIDs) {
        peerIDs = _best($, region, INodeNexus.NodeType.BACKBONE_AUTH, 0, type(uint256).max, 0);
        uint256 kept = 0;
        for (uint256 i = 0; i < peerIDs.length; ++i) {
            if ($.approvedBackbones[$.records[peerIDs[i]].operator]) peerIDs[kept++] = peerIDs[i];
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(peerIDs, kept)
        }
    }

    function publicNodes(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        uint256 count,
        uint256 seed
    ) external view returns (bytes20[] memory) {
        return _best($, region, INodeNexus.NodeType.LIGHT_PUBLIC, LOOKUP_FLOOR, count, seed);
    }

    function openRegions(NexusLayout.NodeNexusStorage storage $) external view returns (bytes32[] memory open) {
        open = $.regionNames;
        uint256 kept = 0;
        for (uint256 i = 0; i < open.length; ++i) {
            if ($.regionsByName[open[i]].open) open[kept++] = open[i];
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(open, kept)
        }
    }

    function page(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (INodeNexus.Node[] memory nodes, uint256 total) {
        ScoreIndex.Group storage group = $.groups[(uint256(region) << 8) | uint8(nodeType)];
        uint32[] memory ids = group.best(0, offset, limit, 0);
        nodes = new INodeNexus.Node[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) nodes[i] = node($, $.entries[ids[i]].peerID);
        total = group.count();
    }

    function _best(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType,
        uint8 floor,
        uint256 limit,
        uint256 seed
    ) private view returns (bytes20[] memory peerIDs) {
        uint32[] memory ids = $.groups[(uint256(region) << 8) | uint8(nodeType)].best(floor, 0, limit, seed);
        uint256 length = ids.length;
        peerIDs = new bytes20[](length);
        for (uint256 i = 0; i < length; ++i) peerIDs[i] = $.entries[ids[i]].peerID;
    }
}
