// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {NodeRecords} from "./NodeRecords.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title What NodeNexus tells of its nodes and regions
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit. NodeNexus hands the answers on byte for byte, so
/// each function returns what the function of NodeNexus returns.
library NexusViews {
    using ScoreIndex for ScoreIndex.Group;

    /// @dev Light nodes below it are left out of look-ups until they recover.
    uint8 private constant LOOKUP_FLOOR = 30;
    uint256 private constant TYPES = 3;

    function node(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) external view returns (INodeNexus.Node memory) {
        return NodeRecords.node($, peerID);
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

    function regionTotals(
        NexusLayout.NodeNexusStorage storage $
    ) external view returns (INodeNexus.RegionTotals[] memory totals) {
        totals = new INodeNexus.RegionTotals[]($.regionNames.length);
        for (uint256 i = 0; i < totals.length; ++i) {
            INodeNexus.RegionTotals memory region = totals[i];
            region.region = $.regionNames[i];
            region.open = $.regionsByName[region.region].open;
            for (uint256 nodeType = 0; nodeType < TYPES; ++nodeType) {
                (region.nodes[nodeType], region.bandwidthMbps[nodeType]) = _group(
                    $,
                    uint8(i + 1),
                    INodeNexus.NodeType(nodeType)
                ).totals();
            }
        }
    }

    function stakeIn(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (uint256 stake, uint256 total) {
        ScoreIndex.Group storage group = _group($, region, nodeType);
        uint32[] memory ids = group.best(0, offset, limit, 0);
        for (uint256 i = 0; i < ids.length; ++i) stake += $.records[$.entries[ids[i]].peerID].stake;
        (total, ) = group.totals();
    }

    function page(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (INodeNexus.Node[] memory nodes, uint256 total) {
        ScoreIndex.Group storage group = _group($, region, nodeType);
        uint32[] memory ids = group.best(0, offset, limit, 0);
        nodes = new INodeNexus.Node[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) nodes[i] = NodeRecords.node($, $.entries[ids[i]].peerID);
        (total, ) = group.totals();
    }

    function _best(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType,
        uint8 floor,
        uint256 limit,
        uint256 seed
    ) private view returns (bytes20[] memory peerIDs) {
        uint32[] memory ids = _group($, region, nodeType).best(floor, 0, limit, seed);
        ScoreIndex.Entry[2 ** 32] storage entries = $.entries;
        // Each number makes room for its peer ID, which is the low end of the entry's slot.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            peerIDs := ids
            let place := add(ids, 32)
            for {
                let end := add(place, shl(5, mload(ids)))
            } lt(place, end) {
                place := add(place, 32)
            } {
                mstore(place, shl(96, sload(add(entries.slot, mload(place)))))
            }
        }
    }

    function _group(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        INodeNexus.NodeType nodeType
    ) private view returns (ScoreIndex.Group storage) {
        return $.groups[(uint256(region) << 8) | uint8(nodeType)];
    }
}
