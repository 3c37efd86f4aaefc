// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {IStakePools} from "../interfaces/IStakePools.sol";

/// @title An example: a contract that picks relays by what the registry says of them
/// @notice Takes the best public nodes of a region, and of these only whom its own terms trust. Copy it, and set yours.
contract RelayPicker {
    /// @notice What a relay must show. Stake is what it loses when it is caught lying.
    struct Terms {
        uint8 minimumScore;
        uint32 minimumBandwidthMbps;
        uint256 minimumStake;
    }

    INodeNexus public immutable NEXUS;
    /// @dev How many of the best are looked at: what a call costs is bounded, however many nodes there are.
    uint256 private constant CANDIDATES = 20;

    Terms public terms;

    error NoTrustedRelay(bytes32 region);
    error NotTrusted(bytes20 peerID);

    constructor(INodeNexus nexus, Terms memory terms_) {
        (NEXUS, terms) = (nexus, terms_);
    }

    /// @notice Pays a relay of the region, which the seed picks among the trusted: commission to its operator, the rest to
    /// its stakers.
    function payOne(bytes32 region, uint256 seed) external payable returns (bytes20 peerID) {
        bytes20[] memory trusted = pick(region, CANDIDATES, seed);
        if (trusted.length == 0) revert NoTrustedRelay(region);
        peerID = trusted[seed % trusted.length];
        IStakePools(address(NEXUS)).reward{value: msg.value}(peerID);
    }

    /// @notice Reverts unless the node is one to trust at this moment: what was looked up before may have changed.
    function requireTrusted(bytes20 peerID) external view {
        if (!isTrusted(peerID)) revert NotTrusted(peerID);
    }

    /// @notice Up to `count` trusted relays of a region, best score first.
    function pick(bytes32 region, uint256 count, uint256 seed) public view returns (bytes20[] memory trusted) {
        bytes20[] memory candidates = NEXUS.getPublicLightNodes(region, CANDIDATES, seed);
        trusted = new bytes20[](count < candidates.length ? count : candidates.length);
        uint256 kept = 0;
        for (uint256 i = 0; i < candidates.length && kept < trusted.length; ++i) {
            if (isTrusted(candidates[i])) trusted[kept++] = candidates[i];
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(trusted, kept)
        }
    }

    /// @notice Whether a node is an active relay that meets the terms. A frozen one is accused of a contradiction.
    function isTrusted(bytes20 peerID) public view returns (bool) {
        INodeNexus.Node memory node = NEXUS.nodes(peerID);
        return
            node.active &&
            node.nodeType == INodeNexus.NodeType.LIGHT_PUBLIC &&
            node.stake >= terms.minimumStake &&
            node.bandwidthMbps >= terms.minimumBandwidthMbps &&
            NEXUS.scoreOf(peerID) >= terms.minimumScore &&
            IStakePools(address(NEXUS)).poolOf(peerID).frozenUntil <= block.timestamp;
    }
}
