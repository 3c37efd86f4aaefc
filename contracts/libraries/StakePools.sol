// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {IStakePools} from "../interfaces/IStakePools.sol";
import {NodeRecords} from "./NodeRecords.sol";

/// @title The pools of NodeNexus
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit. Where only the operator holds shares they are
/// not written down, which spares most nodes a slot; a million of them stand for each wei of stake.
library StakePools {
    using Math for uint256;

    uint256 private constant VIRTUAL_SHARES = 1e6;
    uint256 private constant FULL_SURVIVAL = 1e18;
    uint16 private constant FULL_BPS = 10_000;
    /// @dev In percentage points / 100: how much higher an announced commission may be than the one in force.
    uint16 private constant MAX_COMMISSION_STEP_BPS = 500;

    uint64 private constant MAX_FREEZE = 14 days;

    /// @dev A pool as a computation sees it.
    struct Book {
        uint256 assets;
        uint256 shares;
        uint256 operatorShares;
        bool wasPooled;
    }

    // ── Stakers ──

    function stake(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID,
        uint256 minShares
    ) external returns (uint256 shares) {
        if (msg.value == 0) revert INodeNexus.NothingSent();
        NexusLayout.Record storage record = _active($, peerID);
        uint32 pool = record.id;
        shares = _mint($, record, pool, msg.sender, msg.value);
        if (shares < minShares) revert IStakePools.TooFewShares(shares, minShares);
        emit IStakePools.Staked(pool, msg.sender, msg.value, shares);
    }

    /// @dev Adds the value sent to the operator's shares of a pool that others hold shares of too.
    function topUp(NexusLayout.NodeNexusStorage storage $, bytes20 peerID) external {
        NexusLayout.Record storage record = $.records[peerID];
        (uint32 pool, address operator) = (record.id, record.operator);
        uint256 shares = _mint($, record, pool, operator, msg.value);
        emit IStakePools.Staked(pool, operator, msg.value, shares);
    }

    function unstake(
        NexusLayout.NodeNexusStorage storage $,
        uint32 pool,
        uint256 shares,
        uint256 operatorMinimum
    ) external returns (uint64) {
        NexusLayout.Record storage record = _recordOf($, pool);
        bool open = record.id == pool;
        Book memory book = _load($, record, pool);
        bool isOperator = open && record.operator == msg.sender;
        uint256 held = isOperator ? book.operatorShares : $.pools[pool].positions[msg.sender].shares;
        if (shares == 0 || shares > held) revert IStakePools.NotEnoughShares(shares, held);

        uint256 amount = _worth(book, shares);
        book.assets -= amount;
        book.shares -= shares;
        if (isOperator) {
            book.operatorShares -= shares;
            uint256 left = _worth(book, book.operatorShares);
            if (!NodeRecords.isDate(record.unbonding) && left < operatorMinimum) {
                revert INodeNexus.StakeTooLow(left, operatorMinimum);
            }
        } else {
            $.pools[pool].positions[msg.sender].shares -= uint128(shares);
        }
        _save($, record, pool, book);

        uint32 availableAt = uint32(block.timestamp);
        if (open) {
            uint32 unbonding = record.unbonding;
            availableAt =
                NodeRecords.isDate(unbonding) ? uint32(Math.max(unbonding, availableAt)) : availableAt + unbonding;
        }
        uint256 index = _addUnbonding($.pools[pool], amount, availableAt);
        emit IStakePools.Unstaked(pool, msg.sender, index, amount, shares, availableAt);
        return availableAt;
    }

    function withdrawUnstaked(NexusLayout.NodeNexusStorage storage $, uint32 pool, uint256 index) external {
        NexusLayout.Record storage record = _recordOf($, pool);
        uint32 frozenUntil = record.frozenUntil;
        if (record.id == pool && block.timestamp < frozenUntil) revert IStakePools.Frozen(frozenUntil);
        (uint256 amount, uint32 availableAt) = _takeUnbonding($, pool, index);
        if (block.timestamp < availableAt) revert INodeNexus.StillUnbonding(availableAt);
        emit IStakePools.UnstakedWithdrawn(pool, msg.sender, index, amount);
        _pay(msg.sender, amount);
    }

    function rebond(
        NexusLayout.NodeNexusStorage storage $,
        uint32 pool,
        uint256 index
    ) external returns (uint256 shares) {
        NexusLayout.Record storage record = _recordOf($, pool);
        if (record.id != pool || NodeRecords.isDate(record.unbonding)) revert IStakePools.PoolClosed(pool);
        (uint256 amount, ) = _takeUnbonding($, pool, index);
        shares = _mint($, record, pool, msg.sender, amount);
        emit IStakePools.Rebonded(pool, msg.sender, index, amount, shares);
    }

    // ── Rewards ──

    function claim(NexusLayout.NodeNexusStorage storage $, bytes20 peerID) external {
        NexusLayout.Record storage record = _registered($, peerID);
        uint256 amount = record.earnings;
        address beneficiary = _beneficiary($, record);
        record.earnings = 0;
        _payEarnings(peerID, beneficiary, amount);
    }

    function setBeneficiary(NexusLayout.NodeNexusStorage storage $, bytes20 peerID, address beneficiary) external {
        $.pools[_own($, peerID).id].beneficiary = beneficiary;
        emit IStakePools.BeneficiarySet(peerID, beneficiary);
    }

    function setCommission(NexusLayout.NodeNexusStorage storage $, bytes20 peerID, uint16 commissionBps) external {
        NexusLayout.Record storage record = _own($, peerID);
        NexusLayout.Pool storage pool = $.pools[record.id];
        uint16 current = FULL_BPS - record.stakersBps;
        bool atOnce = commissionBps <= current || !record.pooled;
        uint16 maximum = atOnce ? FULL_BPS : current + MAX_COMMISSION_STEP_BPS;
        if (commissionBps > maximum) revert IStakePools.InvalidCommission(commissionBps, maximum);
        if (atOnce) {
            pool.nextCommissionAt = 0;
            _setCommission(record, peerID, FULL_BPS - commissionBps);
        } else {
            uint32 unbonding = record.unbonding;
            if (NodeRecords.isDate(unbonding)) revert INodeNexus.AlreadyUnbonding(peerID, unbonding);
            uint32 availableAt = uint32(block.timestamp) + unbonding;
            (pool.nextStakersBps, pool.nextCommissionAt) = (FULL_BPS - commissionBps, availableAt);
            emit IStakePools.CommissionAnnounced(peerID, commissionBps, availableAt);
        }
    }

    function executeCommission(NexusLayout.NodeNexusStorage storage $, bytes20 peerID) external {
        NexusLayout.Record storage record = _registered($, peerID);
        NexusLayout.Pool storage pool = $.pools[record.id];
        uint32 availableAt = pool.nextCommissionAt;
        if (availableAt == 0) revert IStakePools.NoCommissionAnnounced(peerID);
        if (block.timestamp < availableAt) revert IStakePools.CommissionNotDue(availableAt);
        pool.nextCommissionAt = 0;
        _setCommission(record, peerID, pool.nextStakersBps);
    }

    // ── Leaving ──

    /// @dev Pays the operator out and leaves the stakers' part in the pool.
    function close(NexusLayout.NodeNexusStorage storage $, bytes20 peerID) external returns (uint256 amount) {
        NexusLayout.Record storage record = $.records[peerID];
        uint32 pool = record.id;
        uint32 frozenUntil = record.frozenUntil;
        if (block.timestamp < frozenUntil) revert IStakePools.Frozen(frozenUntil);
        Book memory book = _load($, record, pool);
        amount = book.wasPooled ? _worth(book, book.operatorShares) : book.assets;
        uint256 earnings = record.earnings;
        address beneficiary = _beneficiary($, record);
        delete $.records[peerID];
        if (book.wasPooled) {
            NexusLayout.Pool storage closed = $.pools[pool];
            closed.shares = uint128(book.shares - book.operatorShares);
            closed.operatorShares = 0;
            closed.closedStake = uint96(book.assets - amount);
        }
        emit INodeNexus.StakeWithdrawn(peerID, msg.sender, amount);
        if (earnings != 0) _payEarnings(peerID, beneficiary, earnings);
        if (amount != 0) _pay(msg.sender, amount);
    }

    // ── Penalties ──

    function freeze(NexusLayout.NodeNexusStorage storage $, bytes20 peerID, uint64 until) external {
        uint64 latest = uint64(block.timestamp) + MAX_FREEZE;
        if (until > latest) revert IStakePools.FreezeTooLong(until, latest);
        _registered($, peerID).frozenUntil = uint32(until);
        emit IStakePools.NodeFrozen(peerID, until);
    }

    /// @dev Takes the part from what is staked and from what unbonds alike, rounding what is left of the latter up: it
    /// must cover every single unbonding. What is taken goes to the caller.
    function slash(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID,
        uint16 bps
    ) external returns (uint256 taken) {
        if (bps > FULL_BPS) revert IStakePools.InvalidPenalty(bps, FULL_BPS);
        NexusLayout.Record storage record = _registered($, peerID);
        NexusLayout.Pool storage pool = $.pools[record.id];
        uint256 fromStake = (uint256(record.stake) * bps) / FULL_BPS;
        record.stake -= uint96(fromStake);
        record.frozenUntil = 0;
        uint256 leaving = pool.leaving;
        uint256 fromUnbonding = 0;
        if (leaving != 0) {
            uint256 survival = _survival(pool);
            uint256 left = Math.max((survival * (FULL_BPS - bps)) / FULL_BPS, 1);
            pool.survival = uint64(left);
            fromUnbonding = leaving - leaving.mulDiv(left, survival, Math.Rounding.Ceil);
            pool.leaving = uint96(leaving - fromUnbonding);
        }
        taken = fromStake + fromUnbonding;
        emit IStakePools.NodeSlashed(peerID, fromStake, fromUnbonding);
        _pay(msg.sender, taken);
    }

    // ── Views ──

    function poolAt(
        NexusLayout.NodeNexusStorage storage $,
        uint32 number
    ) external view returns (IStakePools.PoolView memory) {
        return _view($, number);
    }

    function details(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) external view returns (INodeNexus.NodeDetails memory result) {
        NexusLayout.Record storage record = $.records[peerID];
        if (record.operator == address(0)) return result;
        uint32 unbonding = record.unbonding;
        result.node = NodeRecords.node($, peerID);
        result.score = $.entries[record.id].score;
        result.endpoint = $.endpoints[peerID];
        if (NodeRecords.isDate(unbonding)) result.availableAt = unbonding;
        else result.unbondingPeriod = unbonding;
        result.pool = _view($, record.id);
    }

    function _view(
        NexusLayout.NodeNexusStorage storage $,
        uint32 number
    ) private view returns (IStakePools.PoolView memory result) {
        NexusLayout.Record storage record = _recordOf($, number);
        NexusLayout.Pool storage pool = $.pools[number];
        Book memory book = _load($, record, number);
        result.pool = number;
        result.peerID = $.entries[number].peerID;
        (result.stake, result.shares, result.operatorShares) = (book.assets, book.shares, book.operatorShares);
        result.unbonding = pool.leaving;
        if (record.id != number) return result;
        result.operator = record.operator;
        result.beneficiary = _beneficiary($, record);
        result.earnings = record.earnings;
        result.commissionBps = FULL_BPS - record.stakersBps;
        result.frozenUntil = record.frozenUntil;
        if (pool.nextCommissionAt == 0) return result;
        (result.nextCommissionBps, result.nextCommissionAt) = (FULL_BPS - pool.nextStakersBps, pool.nextCommissionAt);
    }

    function stakerOf(
        NexusLayout.NodeNexusStorage storage $,
        uint32 number,
        address account
    ) external view returns (IStakePools.StakerView memory result) {
        NexusLayout.Record storage record = _recordOf($, number);
        NexusLayout.Pool storage pool = $.pools[number];
        NexusLayout.Position storage position = pool.positions[account];
        Book memory book = _load($, record, number);
        bool isOperator = record.id == number && record.operator == account;
        result.shares = isOperator ? book.operatorShares : position.shares;
        result.stake = _worth(book, result.shares);
        result.unbondings = new IStakePools.UnbondingView[](position.unbondingCount);
        for (uint256 i = 0; i < result.unbondings.length; ++i) {
            NexusLayout.Unbonding storage unbonding = position.unbondings[i];
            result.unbondings[i] = IStakePools.UnbondingView(_surviving(pool, unbonding), unbonding.availableAt);
        }
    }

    /// @return What the operator's shares are worth.
    function operatorStake(NexusLayout.NodeNexusStorage storage $, bytes20 peerID) external view returns (uint256) {
        NexusLayout.Record storage record = $.records[peerID];
        Book memory book = _load($, record, record.id);
        return _worth(book, book.operatorShares);
    }

    // ── Shares ──

    function _mint(
        NexusLayout.NodeNexusStorage storage $,
        NexusLayout.Record storage record,
        uint32 pool,
        address account,
        uint256 amount
    ) private returns (uint256 shares) {
        Book memory book = _load($, record, pool);
        shares = amount.mulDiv(book.shares + VIRTUAL_SHARES, book.assets + 1);
        if (shares == 0) revert IStakePools.TooFewShares(0, 1);
        book.assets += amount;
        book.shares += shares;
        if (account == record.operator) book.operatorShares += shares;
        else $.pools[pool].positions[account].shares += _toShares(shares);
        _save($, record, pool, book);
    }

    function _worth(Book memory book, uint256 shares) private pure returns (uint256) {
        return shares.mulDiv(book.assets + 1, book.shares + VIRTUAL_SHARES);
    }

    function _load(
        NexusLayout.NodeNexusStorage storage $,
        NexusLayout.Record storage record,
        uint32 number
    ) private view returns (Book memory book) {
        NexusLayout.Pool storage pool = $.pools[number];
        if (record.id != number) {
            (book.assets, book.shares, book.wasPooled) = (pool.closedStake, pool.shares, true);
            return book;
        }
        (book.assets, book.wasPooled) = (record.stake, record.pooled);
        if (book.wasPooled) {
            (book.shares, book.operatorShares) = (pool.shares, pool.operatorShares);
        } else {
            book.shares = book.operatorShares = book.assets * VIRTUAL_SHARES;
        }
    }

    function _save(
        NexusLayout.NodeNexusStorage storage $,
        NexusLayout.Record storage record,
        uint32 number,
        Book memory book
    ) private {
        NexusLayout.Pool storage pool = $.pools[number];
        if (record.id != number) {
            (pool.closedStake, pool.shares) = (uint96(book.assets), uint128(book.shares));
            return;
        }
        bool pooled = book.shares != book.operatorShares;
        (record.stake, record.pooled) = (_toStake(book.assets), pooled);
        if (pooled) {
            (pool.shares, pool.operatorShares) = (_toShares(book.shares), uint128(book.operatorShares));
        } else if (book.wasPooled) {
            (pool.shares, pool.operatorShares) = (0, 0);
        }
    }

    // ── Unbonding ──

    function _addUnbonding(
        NexusLayout.Pool storage pool,
        uint256 amount,
        uint32 availableAt
    ) private returns (uint256 index) {
        NexusLayout.Position storage position = pool.positions[msg.sender];
        pool.leaving += uint96(amount);
        index = position.unbondingCount++;
        position.unbondings[index] = NexusLayout.Unbonding(uint96(amount), uint64(_survival(pool)), availableAt);
    }

    function _takeUnbonding(
        NexusLayout.NodeNexusStorage storage $,
        uint32 number,
        uint256 index
    ) private returns (uint256 amount, uint32 availableAt) {
        NexusLayout.Pool storage pool = $.pools[number];
        NexusLayout.Position storage position = pool.positions[msg.sender];
        uint128 count = position.unbondingCount;
        if (index >= count) revert IStakePools.NoSuchUnbonding(number, msg.sender, index);
        amount = _surviving(pool, position.unbondings[index]);
        availableAt = position.unbondings[index].availableAt;
        if (index != count - 1) position.unbondings[index] = position.unbondings[count - 1];
        delete position.unbondings[count - 1];
        position.unbondingCount = count - 1;
        pool.leaving -= uint96(amount);
    }

    function _survival(NexusLayout.Pool storage pool) private view returns (uint256 survival) {
        survival = pool.survival;
        if (survival == 0) survival = FULL_SURVIVAL;
    }

    function _surviving(
        NexusLayout.Pool storage pool,
        NexusLayout.Unbonding storage unbonding
    ) private view returns (uint256) {
        return uint256(unbonding.amount).mulDiv(_survival(pool), unbonding.survival);
    }

    // ── Small ──

    function _recordOf(
        NexusLayout.NodeNexusStorage storage $,
        uint32 pool
    ) private view returns (NexusLayout.Record storage) {
        bytes20 peerID = $.entries[pool].peerID;
        if (peerID == bytes20(0)) revert IStakePools.UnknownPool(pool);
        return $.records[peerID];
    }

    function _registered(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) private view returns (NexusLayout.Record storage record) {
        record = $.records[peerID];
        if (record.operator == address(0)) revert INodeNexus.NotRegistered(peerID);
    }

    function _own(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) private view returns (NexusLayout.Record storage record) {
        record = _registered($, peerID);
        if (record.operator != msg.sender) revert INodeNexus.NotOperator(msg.sender, record.operator);
    }

    function _active(
        NexusLayout.NodeNexusStorage storage $,
        bytes20 peerID
    ) private view returns (NexusLayout.Record storage record) {
        record = _registered($, peerID);
        if (NodeRecords.isDate(record.unbonding)) revert IStakePools.PoolClosed(record.id);
    }

    function _setCommission(NexusLayout.Record storage record, bytes20 peerID, uint16 stakersBps) private {
        record.stakersBps = stakersBps;
        emit IStakePools.CommissionSet(peerID, FULL_BPS - stakersBps);
    }

    function _beneficiary(
        NexusLayout.NodeNexusStorage storage $,
        NexusLayout.Record storage record
    ) private view returns (address beneficiary) {
        beneficiary = $.pools[record.id].beneficiary;
        if (beneficiary == address(0)) beneficiary = record.operator;
    }

    function _payEarnings(bytes20 peerID, address beneficiary, uint256 amount) private {
        emit IStakePools.EarningsClaimed(peerID, beneficiary, amount);
        _pay(beneficiary, amount);
    }

    function _pay(address to, uint256 amount) private {
        // solhint-disable-next-line avoid-low-level-calls
        (bool sent, ) = to.call{value: amount}("");
        if (!sent) revert INodeNexus.TransferFailed(to, amount);
    }

    function _toStake(uint256 amount) private pure returns (uint96) {
        if (amount > type(uint96).max) revert INodeNexus.AmountTooLarge(amount, type(uint96).max);
        return uint96(amount);
    }

    function _toShares(uint256 shares) private pure returns (uint128) {
        if (shares > type(uint128).max) revert INodeNexus.AmountTooLarge(shares, type(uint128).max);
        return uint128(shares);
    }
}
