// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {NodeNexus} from "../../contracts/NodeNexus.sol";
import {INodeNexus} from "../../contracts/interfaces/INodeNexus.sol";
import {IStakePools} from "../../contracts/interfaces/IStakePools.sol";
import {VM} from "./Vm.sol";

/// @notice Does at random what operators, stakers and the slasher may do.
contract NexusHandler {
    uint256 public constant NODES = 4;
    uint256 public constant ACTORS = 4;
    uint256 public constant REGIONS = 2;
    uint256 private constant PERIOD = 7 days;
    uint256 private constant MINIMUM = 1 ether;

    NodeNexus public nexus;
    uint32[] public pools;
    /// @notice Exits that were due and did not go through.
    uint256 public failedExits;
    /// @notice Shares that were paid more than they were worth.
    uint256 public overpaid;
    /// @notice Shares that lost worth though nobody was slashed.
    uint256 public priceDrops;
    /// @notice Entries that were let in while entries were stopped.
    uint256 public pausedEntries;
    /// @notice Operators of active nodes that went under the minimum.
    uint256 public underMinimum;
    /// @notice How often each action took effect.
    mapping(bytes32 action => uint256) public done;

    constructor() {
        // The test chain begins in 1970, when a date could pass for an unbonding period.
        VM.warp(1_800_000_000);
        bytes32[] memory regions = new bytes32[](REGIONS);
        for (uint256 i = 0; i < REGIONS; ++i) regions[i] = region(i);
        INodeNexus.Parameters memory parameters = INodeNexus.Parameters({
            owner: address(this),
            pauser: address(this),
            publicMinimum: MINIMUM,
            backboneMinimum: MINIMUM,
            unbondingPeriod: uint64(PERIOD),
            relayPricePerGiB: 0,
            regions: regions,
            backboneOperators: new address[](0),
            scorer: address(this),
            slasher: address(this)
        });
        bytes memory data = abi.encodeCall(NodeNexus.initialize, (parameters));
        nexus = NodeNexus(address(new ERC1967Proxy(address(new NodeNexus()), data)));
        for (uint256 i = 0; i < NODES; ++i) register(i, i);
    }

    receive() external payable {}

    /// @dev Whatever an action does, but a slash: a share that others hold too is worth no less after it.
    modifier keepsPrice(bytes20 peerID) {
        (uint256 stakeBefore, uint256 sharesBefore, bool sharedBefore) = _price(peerID);
        _;
        (uint256 stakeAfter, uint256 sharesAfter, bool sharedAfter) = _price(peerID);
        if (sharedBefore && sharedAfter) {
            if ((stakeAfter + 1) * (sharesBefore + 1e6) < (stakeBefore + 1) * (sharesAfter + 1e6)) ++priceDrops;
        }
    }

    /// @dev Counts what an entry did while entries were stopped.
    modifier entry(bytes32 action) {
        uint256 before = done[action];
        _;
        if (nexus.paused() && done[action] != before) ++pausedEntries;
    }

    function region(uint256 seed) public pure returns (bytes32) {
        return seed % REGIONS == 0 ? bytes32("europe") : bytes32("oceania");
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xac70000 + (seed % ACTORS)));
    }

    function poolCount() external view returns (uint256) {
        return pools.length;
    }

    function peerOf(uint256 seed) public pure returns (bytes20) {
        return bytes20(keccak256(abi.encodePacked(VM.addr(_key(seed)), bytes32(uint256(1)))));
    }

    function register(uint256 node, uint256 who) public entry("register") {
        bytes20 peerID = peerOf(node);
        if (nexus.nodes(peerID).operator != address(0)) return;
        address operator = actor(who);
        uint64 deadline = uint64(VM.getBlockTimestamp() + 1 hours);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ShadowMesh NodeNexus"),
                keccak256("1"),
                block.chainid,
                address(nexus)
            )
        );
        bytes32 typehash = keccak256("Registration(address operator,bytes20 peerID,uint64 deadline)");
        bytes32 digest = MessageHashUtils.toTypedDataHash(
            domain,
            keccak256(abi.encode(typehash, operator, peerID, deadline))
        );
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(_key(node), digest);
        VM.deal(operator, 2 ether);
        INodeNexus.Registration memory registration = INodeNexus.Registration({
            peerID: peerID,
            nodeType: INodeNexus.NodeType.LIGHT_PUBLIC,
            region: region(who),
            bandwidthMbps: 1,
            mlDsaKeyHash: bytes32(uint256(1)),
            nodeSignature: abi.encodePacked(r, s, v),
            deadline: deadline
        });
        VM.prank(operator);
        try nexus.register{value: 2 ether}(registration) {
            VM.prank(operator);
            nexus.setCommission(peerID, 1_000);
            pools.push(nexus.poolOf(peerID).pool);
            ++done["register"];
        } catch {}
    }

    /// @dev To and fro between both light types and all regions; what it may not move stays.
    function update(
        uint256 node,
        bool isPublic,
        uint256 where,
        uint32 bandwidthMbps
    ) external keepsPrice(peerOf(node)) {
        bytes20 peerID = peerOf(node);
        INodeNexus.Node memory before = nexus.nodes(peerID);
        INodeNexus.NodeType nodeType = isPublic ? INodeNexus.NodeType.LIGHT_PUBLIC : INodeNexus.NodeType.LIGHT_PRIVATE;
        VM.prank(before.operator);
        try nexus.update(peerID, nodeType, region(where), 1 + (bandwidthMbps % 1_000)) {
            if (nodeType != before.nodeType) ++done["change type"];
            if (region(where) != before.region) ++done["change region"];
            bool moved = nodeType != before.nodeType || region(where) != before.region;
            if (moved && nexus.paused()) ++pausedEntries;
        } catch {}
    }

    function pause() external {
        try nexus.pause() {
            ++done["pause"];
        } catch {}
    }

    function unpause() external {
        try nexus.unpause() {
            ++done["unpause"];
        } catch {}
    }

    function stake(uint256 node, uint256 who, uint96 amount) external keepsPrice(peerOf(node)) entry("stake") {
        address account = actor(who);
        uint256 value = (uint256(amount) % 1000 ether) + 1;
        VM.deal(account, value);
        VM.prank(account);
        try nexus.stake{value: value}(peerOf(node), 0) {
            ++done["stake"];
        } catch {}
    }

    function topUp(uint256 node, uint96 amount) external keepsPrice(peerOf(node)) entry("topUp") {
        uint256 value = (uint256(amount) % 10 ether) + 1;
        VM.deal(address(this), value);
        try nexus.topUp{value: value}(peerOf(node)) {
            ++done["topUp"];
        } catch {}
    }

    function reward(uint256 node, uint96 amount) external keepsPrice(peerOf(node)) {
        uint256 value = (uint256(amount) % 100 ether) + 1;
        VM.deal(address(this), value);
        try nexus.reward{value: value}(peerOf(node)) {
            ++done["reward"];
        } catch {}
    }

    function unstake(uint256 which, uint256 who, uint256 part) external keepsPrice(_peerOfPool(which)) {
        uint32 pool = _pool(which);
        address account = _withShares(pool, who);
        uint256 held = nexus.stakerOf(pool, account).shares;
        if (held == 0) return;
        IStakePools.PoolView memory before = nexus.poolAt(pool);
        uint256 shares = 1 + (part % held);
        uint256 worth = (shares * (before.stake + 1)) / (before.shares + 1e6);
        bool bound = before.operator == account && _wouldGoUnder(before, shares, worth);
        VM.prank(account);
        try nexus.unstake(pool, shares) {
            if (nexus.poolAt(pool).unbonding - before.unbonding > worth) ++overpaid;
            if (bound) ++underMinimum;
            ++done["unstake"];
        } catch {
            // The operator of an active node may be held to the minimum; nobody to anything else.
            if (!bound) ++failedExits;
        }
    }

    function withdrawUnstaked(uint256 which, uint256 who, uint256 index) external {
        uint32 pool = _pool(which);
        address account = _withUnbonding(pool, who);
        IStakePools.UnbondingView[] memory unbondings = nexus.stakerOf(pool, account).unbondings;
        if (unbondings.length == 0) return;
        index %= unbondings.length;
        bool due =
            unbondings[index].availableAt <= VM.getBlockTimestamp() &&
                nexus.poolAt(pool).frozenUntil <= VM.getBlockTimestamp();
        uint256 balance = account.balance;
        VM.prank(account);
        try nexus.withdrawUnstaked(pool, index) {
            if (account.balance - balance != unbondings[index].amount) ++overpaid;
            ++done["withdrawUnstaked"];
            if (!due) ++failedExits;
        } catch {
            if (due) ++failedExits;
        }
    }

    function rebond(uint256 which, uint256 who) external keepsPrice(_peerOfPool(which)) entry("rebond") {
        uint32 pool = _pool(which);
        address account = _withUnbonding(pool, who);
        VM.prank(account);
        try nexus.rebond(pool, 0) {
            ++done["rebond"];
        } catch {}
    }

    function deregister(uint256 node) external keepsPrice(peerOf(node)) {
        INodeNexus.Node memory before = nexus.nodes(peerOf(node));
        VM.prank(before.operator);
        try nexus.deregister(peerOf(node)) {
            ++done["deregister"];
        } catch {
            if (before.active) ++failedExits;
        }
    }

    function withdraw(uint256 node) external {
        bytes20 peerID = peerOf(node);
        (, uint64 availableAt) = nexus.unbondingOf(peerID);
        IStakePools.PoolView memory pool;
        if (availableAt != 0) pool = nexus.poolOf(peerID);
        bool due =
            availableAt != 0 && availableAt <= VM.getBlockTimestamp() && pool.frozenUntil <= VM.getBlockTimestamp();
        VM.prank(nexus.nodes(peerID).operator);
        try nexus.withdraw(peerID) {
            ++done["withdraw"];
        } catch {
            if (due) ++failedExits;
        }
    }

    function slash(uint256 node, uint16 bps) external {
        bps %= 5_001;
        uint256 held = 0;
        if (nexus.nodes(peerOf(node)).operator != address(0)) {
            IStakePools.PoolView memory pool = nexus.poolOf(peerOf(node));
            held = pool.stake + pool.unbonding;
        }
        try nexus.slash(peerOf(node), bps) returns (uint256 taken) {
            // What is left of each unbonding is rounded up, of 1e18 parts.
            if (taken > (held * bps) / 10_000 + held / 1e17 + 2) ++overpaid;
            ++done["slash"];
        } catch {}
    }

    function freeze(uint256 node, uint16 time) external {
        try nexus.freeze(peerOf(node), uint64(VM.getBlockTimestamp() + time)) {
            ++done["freeze"];
        } catch {}
    }

    function claim(uint256 node) external {
        try nexus.claim(peerOf(node)) {
            ++done["claim"];
        } catch {}
    }

    /// @dev Often in another group than the node's, where it changes nothing.
    function score(uint256 which, uint8 to, bool isPublic, uint256 where) external {
        bytes20 peerID = _peerOfPool(which);
        uint8 before = nexus.scoreOf(peerID);
        bytes memory changes = abi.encodePacked(_pool(which), to);
        INodeNexus.NodeType nodeType = isPublic ? INodeNexus.NodeType.LIGHT_PUBLIC : INodeNexus.NodeType.LIGHT_PRIVATE;
        nexus.applyScores(region(where), nodeType, changes);
        if (nexus.scoreOf(peerID) != before) ++done["score"];
    }

    function wait(uint24 time) external {
        VM.warp(VM.getBlockTimestamp() + time);
    }

    function _wouldGoUnder(
        IStakePools.PoolView memory pool,
        uint256 shares,
        uint256 worth
    ) private view returns (bool) {
        INodeNexus.Node memory node = nexus.nodes(pool.peerID);
        uint256 left = ((pool.operatorShares - shares) * (pool.stake - worth + 1)) / (pool.shares - shares + 1e6);
        return node.active && node.nodeType == INodeNexus.NodeType.LIGHT_PUBLIC && left < MINIMUM;
    }

    /// @dev Somebody who has something to take out, if there is anybody: most actors have nothing in most pools.
    function _withShares(uint32 pool, uint256 who) private view returns (address account) {
        for (uint256 i = 0; i < ACTORS; ++i) {
            account = actor((who % ACTORS) + i);
            if (nexus.stakerOf(pool, account).shares != 0) return account;
        }
    }

    function _withUnbonding(uint32 pool, uint256 who) private view returns (address account) {
        for (uint256 i = 0; i < ACTORS; ++i) {
            account = actor((who % ACTORS) + i);
            if (nexus.stakerOf(pool, account).unbondings.length != 0) return account;
        }
    }

    function _peerOfPool(uint256 which) private view returns (bytes20) {
        return nexus.poolAt(_pool(which)).peerID;
    }

    /// @dev Half of the time that of a node that is there: the others become ever more.
    function _pool(uint256 which) private view returns (uint32) {
        bytes20 peerID = peerOf(which >> 1);
        if (which % 2 == 0 && nexus.nodes(peerID).operator != address(0)) return nexus.poolOf(peerID).pool;
        return pools[(which >> 1) % pools.length];
    }

    function _price(bytes20 peerID) private view returns (uint256 held, uint256 shares, bool shared) {
        if (nexus.nodes(peerID).operator == address(0)) return (0, 0, false);
        IStakePools.PoolView memory pool = nexus.poolOf(peerID);
        return (pool.stake, pool.shares, pool.shares != pool.operatorShares);
    }

    function _key(uint256 seed) private pure returns (uint256) {
        return 1_000 + (seed % NODES);
    }
}
