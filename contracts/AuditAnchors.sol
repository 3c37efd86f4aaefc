// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditAnchors} from "./interfaces/IAuditAnchors.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";

/// @title AuditAnchors
/// @dev Holds no coins, has no owner and cannot be upgraded: what is kept here, nobody takes back.
contract AuditAnchors is IAuditAnchors {
    INodeNexus public immutable NEXUS;

    mapping(bytes20 peerID => Head) private _heads;

    constructor(INodeNexus nexus) {
        NEXUS = nexus;
    }

    /// @inheritdoc IAuditAnchors
    function anchor(bytes32 mlDsaKeyHash, uint64 size, bytes32 root) external {
        bytes20 peerID = bytes20(keccak256(abi.encodePacked(msg.sender, mlDsaKeyHash)));
        if (!NEXUS.isBackbone(peerID)) revert NotABackbone(peerID);
        emit Anchored(peerID, size, root, _heads[peerID].size);
        _heads[peerID] = Head(root, size, uint64(block.timestamp));
    }

    /// @inheritdoc IAuditAnchors
    function headOf(bytes20 peerID) external view returns (Head memory) {
        return _heads[peerID];
    }
}
