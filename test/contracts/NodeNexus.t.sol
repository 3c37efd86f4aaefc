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
    bytes32 public constant REGION = "europe";
    uint256 private constant PERIOD = 7 days;

    NodeNexus public nexus;
    uint32[] public pools;
    /// @notice Exits that were due and did not go through.
    uint256 public failedExits;
    /// @notice Shares that were paid more than they were worth.
    uint256 public overpaid;
    /// @notice Shares that lost worth though nobody was slashed.
    uint256 public priceDrops;
    /// @notice How often each action took effect.
    mapping(bytes32 action => uint256) public done;

    constructor() {
        // The test chain begins in 1970, when a date could pass for an unbonding period.
        VM.warp(1_800_000_000);
        bytes32[] memory regions = new bytes32[](1);
        regions[0] = REGION;
        INodeNexus.Parameters memory parameters = INodeNexus.Parameters({
            owner: address(this),
            pauser: address(this),
            publicMinimum: 1 ether,
            backboneMinimum: 1 ether,
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

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xac70000 + (seed % ACTORS)));
    }

    function poolCount() external view returns (uint256) {
        return pools.length;
    }

    function peerOf(uint256 seed) public pure returns (bytes20) {
        return bytes20(keccak256(abi.encodePacked(VM.addr(_key(seed)), bytes32(uint256(1)))));
    }

    function register(uint256 node, uint256 who) public {
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
        VM.prank(operator);
        nexus.register{value: 2 ether}(
            INodeNexus.Registration({
                peerID: peerID,
                nodeType: INodeNexus.NodeType.LIGHT_PUBLIC,
                region: REGION,
                bandwidthMbps: 1,
                mlDsaKeyHash: bytes32(uint256(1)),
                nodeSignature: abi.encodePacked(r, s, v),
                deadline: deadline
            })
        );
        VM.prank(operator);
        nexus.setCommission(peerID, 1_000);
        pools.push(nexus.poolOf(peerID).pool);
        ++done["register"];
    }

    function stake(uint256 node, uint256 who, uint96 amount) external keepsPrice(peerOf(node)) {
        address account = actor(who);
        uint256 value = (uint256(amount) % 1000 ether) + 1;
        VM.deal(account, value);
        VM.prank(account);
        try nexus.stake{value: value}(peerOf(node), 0) {
            ++done["stake"];
        } catch {}
    }

    function topUp(uint256 node, uint96 amount) external keepsPrice(peerOf(node)) {
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
        (uint32 pool, address account) = (pools[which % pools.length], actor(who));
        uint256 held = nexus.stakerOf(pool, account).shares;
        if (held == 0) return;
        IStakePools.PoolView memory before = nexus.poolAt(pool);
        uint256 shares = 1 + (part % held);
        bool isOperator = before.operator == account;
        VM.prank(account);
        try nexus.unstake(pool, shares) {
            uint256 amount = nexus.poolAt(pool).unbonding - before.unbonding;
            if (amount > (shares * (before.stake + 1)) / (before.shares + 1e6)) ++overpaid;
            ++done["unstake"];
        } catch {
            // An operator may be held to the minimum; nobody else to anything.
            if (!isOperator) ++failedExits;
        }
    }

    function withdrawUnstaked(uint256 which, uint256 who, uint256 index) external {
        (uint32 pool, address account) = (pools[which % pools.length], actor(who));
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

    function rebond(uint256 which, uint256 who) external keepsPrice(_peerOfPool(which)) {
        VM.prank(actor(who));
        try nexus.rebond(pools[which % pools.length], 0) {
            ++done["rebond"];
        } catch {}
    }

    function deregister(uint256 node) external keepsPrice(peerOf(node)) {
        address operator = nexus.nodes(peerOf(node)).operator;
        VM.prank(operator);
        try nexus.deregister(peerOf(node)) {
            ++done["deregister"];
        } catch {}
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

    function score(uint256 which, uint8 to) external {
        bytes memory changes = abi.encodePacked(pools[which % pools.length], to);
        nexus.applyScores(REGION, INodeNexus.NodeType.LIGHT_PUBLIC, changes);
        ++done["score"];
    }

    function wait(uint24 time) external {
        VM.warp(VM.getBlockTimestamp() + time);
    }

    function _peerOfPool(uint256 which) private view returns (bytes20) {
        return nexus.poolAt(pools[which % pools.length]).peerID;
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

    function invariant_holdsAllThatItOwes() external view {
        uint256 owed = 0;
        for (uint256 i = 0; i < _handler.poolCount(); ++i) {
            IStakePools.PoolView memory pool = _nexus.poolAt(_handler.pools(i));
            owed += pool.stake + pool.unbonding + pool.earnings;
        }
        if (address(_nexus).balance < owed) revert Broken("balance", owed - address(_nexus).balance);
    }

    function invariant_owesNobodyMoreThanThePoolHas() external view {
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

    function invariant_listsExactlyTheActiveNodes() external view {
        uint256 active = 0;
        for (uint256 i = 0; i < _handler.NODES(); ++i) {
            if (_nexus.nodes(_handler.peerOf(i)).active) ++active;
        }
        (INodeNexus.Node[] memory page, uint256 total) = _nexus.nodesPage(
            _handler.REGION(),
            INodeNexus.NodeType.LIGHT_PUBLIC,
            0,
            100
        );
        if (page.length != active || total != active) revert Broken("listed", page.length);
        for (uint256 i = 0; i < page.length; ++i) {
            if (!page[i].active) revert Broken("inactive", i);
        }
    }

    function invariant_paysNobodyMoreThanTheShareIsWorth() external view {
        if (_handler.overpaid() != 0) revert Broken("overpaid", _handler.overpaid());
    }

    function invariant_letsNoShareLoseWorthWithoutASlash() external view {
        if (_handler.priceDrops() != 0) revert Broken("price drops", _handler.priceDrops());
    }

    function invariant_letsEverybodyLeave() external view {
        if (_handler.failedExits() != 0) revert Broken("failed exits", _handler.failedExits());
    }
}
