// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScoreIndex} from "./libraries/ScoreIndex.sol";

/// @title What NodeNexus keeps, and where
/// @dev Apart, so that the libraries that NodeNexus is linked with know it too.
abstract contract NexusLayout {
    /// @dev One slot, read by every entry.
    struct Config {
        bool paused;
        uint32 unbondingPeriod;
        uint80 publicMinimum;
        uint80 backboneMinimum;
        /// Number of the node registered last; the first is 1.
        uint32 lastId;
        /// How many BACKBONE_AUTH nodes are active.
        uint24 backboneCount;
    }

    /// @dev One slot for who and when, one for the money. Region, type, bandwidth and score are in the index entry.
    /// Times are 32 bits: enough until 2106.
    struct Record {
        address operator;
        uint32 id;
        uint32 lastSeen;
        /// While the node is active, the unbonding period it registered under; once it leaves, when that ends. The
        /// longest period ends in 1970, so the two cannot be confused.
        uint32 unbonding;
        /// What the operator and the stakers hold together, without what unbonds in the pool.
        uint96 stake;
        /// Commission not claimed yet.
        uint96 earnings;
        /// Part of each reward that goes to the stake, in 1/100 %; the rest is the operator's commission. 0 at first: a
        /// node on which nobody stakes keeps what it earns.
        uint16 stakersBps;
        uint32 frozenUntil;
        /// Whether anybody but the operator holds shares. If not, the operator's shares are not written down.
        bool pooled;
    }

    /// @dev What one account unbonds at once.
    struct Unbonding {
        uint96 amount;
        /// `Pool.survival` when it began.
        uint64 survival;
        uint32 availableAt;
    }

    struct Position {
        uint128 shares;
        uint128 unbondingCount;
        mapping(uint256 index => Unbonding) unbondings;
    }

    /// @dev Under the node's number, which is never used again: stakers find their share also once the node has left.
    struct Pool {
        uint128 shares;
        uint128 operatorShares;
        /// What unbonds.
        uint96 leaving;
        /// How much of what unbonds slashing has left over, of 1e18; 0 means all.
        uint64 survival;
        /// What is left for the stakers once the operator has withdrawn.
        uint96 closedStake;
        /// 0 means the operator.
        address beneficiary;
        uint16 nextStakersBps;
        /// When the announced commission may begin; 0 if none is announced.
        uint32 nextCommissionAt;
        mapping(address account => Position) positions;
    }

    struct Region {
        /// Place in `regionNames`, counted from 1.
        uint8 number;
        bool open;
    }

    /// @custom:storage-location erc7201:shadowmesh.storage.NodeNexus
    struct NodeNexusStorage {
        Config config;
        address pauser;
        uint96 relayPricePerGiB;
        mapping(bytes20 peerID => Record) records;
        /// By number. Consecutive, as the buckets are: that spares a hash at each access.
        ScoreIndex.Entry[2 ** 32] entries;
        mapping(uint256 regionAndType => ScoreIndex.Group) groups;
        mapping(bytes20 peerID => string) endpoints;
        mapping(address operator => bool) approvedBackbones;
        mapping(bytes32 name => Region) regionsByName;
        bytes32[] regionNames;
        mapping(uint32 id => Pool) pools;
        /// Of all there were.
        uint32 longestUnbondingPeriod;
        address scorer;
        address slasher;
    }

    uint64 internal constant MAX_UNBONDING_PERIOD = 90 days;

    /// @dev keccak256(abi.encode(uint256(keccak256("shadowmesh.storage.NodeNexus")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0x2d9c7819aac998c9f19ee9cfe0853419c959713daa6b12adba6ec48afb9e3900;

    function _storage() internal pure returns (NodeNexusStorage storage $) {
        // solhint-disable-next-line no-inline-assembly
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
