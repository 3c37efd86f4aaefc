// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NodeNexus} from "../../contracts/NodeNexus.sol";
import {INodeNexus} from "../../contracts/interfaces/INodeNexus.sol";
import {IStakePools} from "../../contracts/interfaces/IStakePools.sol";
import {NexusHandler} from "./NexusHandler.sol";

/// @notice What holds whatever is done, in whatever order.
contract NodeNexusInvariants {
    NexusHandler private _handler;
    NodeNexus private _nexus;

    error Broken(string what, uint256 where);

    function setUp() external {
        _handler = new NexusHandler();
        _nexus = _handler.nexus();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev One invariant, not eight: for each of them the runner would act all runs anew. What broke is in the error.
    function invariant_holdsWhateverIsDone() external view {
        _holdsAllThatItOwes();
        _owesNobodyMoreThanThePoolHas();
        _listsEachActiveNodeOnceInItsGroupAndNobodyElse();
        _paysNobodyMoreThanTheShareIsWorth();
        _letsNoShareLoseWorthWithoutASlash();
        _letsEverybodyLeave();
        _letsNobodyInWhilePaused();
        _keepsOperatorsOfActiveNodesAtTheMinimum();
    }

    function _holdsAllThatItOwes() private view {
        uint256 owed = 0;
        for (uint256 i = 0; i < _handler.poolCount(); ++i) {
            IStakePools.PoolView memory pool = _nexus.poolAt(_handler.pools(i));
            owed += pool.stake + pool.unbonding + pool.earnings;
        }
        if (address(_nexus).balance < owed) revert Broken("balance", owed - address(_nexus).balance);
    }

    function _owesNobodyMoreThanThePoolHas() private view {
        for (uint256 i = 0; i < _handler.poolCount(); ++i) {
            IStakePools.PoolView memory pool = _nexus.poolAt(_handler.pools(i));
            uint256 shares = 0;
            uint256 worth = 0;
            uint256 unbonding = 0;
            for (uint256 a = 0; a < _handler.ACTORS(); ++a) {
                IStakePools.StakerView memory staker = _nexus.stakerOf(pool.pool, _handler.actor(a));
                shares += staker.shares;
                worth += staker.stake;
                for (uint256 u = 0; u < staker.unbondings.length; ++u) unbonding += staker.unbondings[u].amount;
            }
            if (shares != pool.shares) revert Broken("shares", pool.pool);
            if (worth > pool.stake) revert Broken("worth", pool.pool);
            if (unbonding > pool.unbonding) revert Broken("unbonding", pool.pool);
        }
    }

    function _listsEachActiveNodeOnceInItsGroupAndNobodyElse() private view {
        uint256 active = 0;
        for (uint256 i = 0; i < _handler.NODES(); ++i) {
            if (_nexus.nodes(_handler.peerOf(i)).active) ++active;
        }
        bytes20[] memory seen = new bytes20[](active);
        uint256 listed = 0;
        for (uint256 group = 0; group < 2 * _handler.REGIONS(); ++group) {
            bytes32 region = _handler.region(group / 2);
            INodeNexus.NodeType nodeType =
                group % 2 == 0 ? INodeNexus.NodeType.LIGHT_PUBLIC : INodeNexus.NodeType.LIGHT_PRIVATE;
            (INodeNexus.Node[] memory page, uint256 total) = _nexus.nodesPage(region, nodeType, 0, 100);
            if (page.length != total) revert Broken("total", group);
            for (uint256 i = 0; i < page.length; ++i) {
                INodeNexus.Node memory node = page[i];
                if (listed == active) revert Broken("too many listed", group);
                if (!node.active || node.region != region || node.nodeType != nodeType) revert Broken("group", group);
                for (uint256 other = 0; other < listed; ++other) {
                    if (seen[other] == node.peerID) revert Broken("listed twice", group);
                }
                seen[listed++] = node.peerID;
            }
        }
        // So many different active nodes as there are: it is all of them.
        if (listed != active) revert Broken("not listed", active - listed);
    }

    function _paysNobodyMoreThanTheShareIsWorth() private view {
        if (_handler.overpaid() != 0) revert Broken("overpaid", _handler.overpaid());
    }

    function _letsNoShareLoseWorthWithoutASlash() private view {
        if (_handler.priceDrops() != 0) revert Broken("price drops", _handler.priceDrops());
    }

    function _letsEverybodyLeave() private view {
        if (_handler.failedExits() != 0) revert Broken("failed exits", _handler.failedExits());
    }

    function _letsNobodyInWhilePaused() private view {
        if (_handler.pausedEntries() != 0) revert Broken("paused entries", _handler.pausedEntries());
    }

    function _keepsOperatorsOfActiveNodesAtTheMinimum() private view {
        if (_handler.underMinimum() != 0) revert Broken("under the minimum", _handler.underMinimum());
    }

    /// @dev What the handler never does, the invariants do not speak of: each of its actions takes effect somewhere in
    /// one run that is the same each time.
    function test_everyActionOfTheHandlerTakesEffect() external {
        for (uint256 i = 0; i < 2_000; ++i) _act(uint256(keccak256(abi.encode("NodeNexus", i))));
        string[16] memory actions = [
            "register",
            "change type",
            "change region",
            "pause",
            "unpause",
            "stake",
            "topUp",
            "reward",
            "unstake",
            "withdrawUnstaked",
            "rebond",
            "deregister",
            "withdraw",
            "slash",
            "freeze",
            "claim"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            if (_handler.done(bytes32(bytes(actions[i]))) == 0) revert Broken(actions[i], i);
        }
        if (_handler.done("score") == 0) revert Broken("score", 0);
        // Registered again, beyond the first of each.
        if (_handler.done("register") <= _handler.NODES()) revert Broken("register again", 0);
    }

    function _act(uint256 random) private {
        (uint256 a, uint256 b, uint256 c) = (random >> 16, random >> 48, random >> 80);
        uint256 action = random % 20;
        if (action == 0) _handler.register(a, b);
        else if (action == 1) _handler.update(a, b % 2 == 0, c, uint32(c));
        else if (action == 2) _handler.pause();
        else if (action == 3 || action == 18) _handler.unpause();
        else if (action == 4) _handler.stake(a, b, uint96(c));
        else if (action == 5) _handler.topUp(a, uint96(c));
        else if (action == 6) _handler.reward(a, uint96(c));
        else if (action == 7) _handler.unstake(a, b, c);
        else if (action == 8) _handler.withdrawUnstaked(a, b, c);
        else if (action == 9) _handler.rebond(a, b);
        else if (action == 10 && c % 4 == 0) _handler.deregister(a);
        else if (action == 11) _handler.withdraw(a);
        else if (action == 12) _handler.slash(a, uint16(b));
        else if (action == 13) _handler.freeze(a, uint16(b));
        else if (action == 14) _handler.claim(a);
        else if (action == 15) _handler.score(a, uint8(b), b % 2 == 0, c);
        else _handler.wait(uint24(a % 5 days));
    }
}
