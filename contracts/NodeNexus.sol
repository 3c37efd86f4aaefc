// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {NexusLayout} from "./NexusLayout.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";
import {IStakePools} from "./interfaces/IStakePools.sol";
import {BaseUrl} from "./libraries/BaseUrl.sol";
import {NexusViews} from "./libraries/NexusViews.sol";
import {NodeRecords} from "./libraries/NodeRecords.sol";
import {ScoreBatch} from "./libraries/ScoreBatch.sol";
import {ScoreIndex} from "./libraries/ScoreIndex.sol";
import {StakePools} from "./libraries/StakePools.sol";

/// @title NodeNexus
/// @custom:oz-upgrades-unsafe-allow external-library-linking
contract NodeNexus is
    INodeNexus,
    IStakePools,
    NexusLayout,
    Ownable2StepUpgradeable,
    EIP712Upgradeable,
    ReentrancyGuardTransient,
    UUPSUpgradeable
{
    using ScoreIndex for ScoreIndex.Group;

    /// @dev Where a node starts, half way up; only the quorum of backbones moves it.
    uint8 private constant INITIAL_SCORE = 50;
    /// @dev 10 Tbit/s: more than any one machine has, and a bound for sums of bandwidth.
    uint32 private constant MAX_BANDWIDTH_MBPS = 10_000_000;
    /// @dev A region's number is one byte, and 0 means unknown.
    uint256 private constant MAX_REGIONS = 255;
    /// @dev How far ahead a proof's deadline may lie.
    uint64 private constant MAX_PROOF_PERIOD = 1 days;
    /// @dev Where the fields of a `Record` stand in its first slot: a heartbeat reads and writes that as one word.
    uint256 private constant LAST_SEEN_SHIFT = 192;
    uint256 private constant UNBONDING_SHIFT = 224;
    uint256 private constant LAST_SEEN_MASK = ~(uint256(type(uint32).max) << LAST_SEEN_SHIFT);
    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(address operator,bytes20 peerID,uint64 deadline)"
    );

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets up a new proxy.
    function initialize(Parameters calldata parameters) external initializer {
        __Ownable_init(parameters.owner);
        __Ownable2Step_init();
        __EIP712_init("ShadowMesh NodeNexus", "1");
        _setPauser(parameters.pauser);
        _setMinimumStake(NodeType.LIGHT_PUBLIC, parameters.publicMinimum);
        _setMinimumStake(NodeType.BACKBONE_AUTH, parameters.backboneMinimum);
        _setUnbondingPeriod(parameters.unbondingPeriod);
        _setRelayPrice(parameters.relayPricePerGiB);
        _setScorer(parameters.scorer);
        _setSlasher(parameters.slasher);
        for (uint256 i = 0; i < parameters.regions.length; ++i) _setRegion(parameters.regions[i], true);
        for (uint256 i = 0; i < parameters.backboneOperators.length; ++i) {
            _setBackboneApproval(parameters.backboneOperators[i], true);
        }
    }

    // ── Operators ──

    /// @inheritdoc INodeNexus
    function register(Registration calldata registration) external payable {
        NodeNexusStorage storage $ = _storage();
        _requireNotPaused($);
        bytes20 peerID = registration.peerID;
        Record storage record = $.records[peerID];
        if (record.operator != address(0)) revert AlreadyRegistered(peerID);

        uint8 region = _openRegion($, registration.region);
        _requireBandwidth(registration.bandwidthMbps);
        _requireQualified($, registration.nodeType, msg.sender, msg.value);
        address nodeAddress = _recoverNode(registration);

        uint32 id = ++$.config.lastId;
        (record.operator, record.id, record.lastSeen, record.unbonding) = (
            msg.sender,
            id,
            uint32(block.timestamp),
            $.config.unbondingPeriod
        );
        if (msg.value != 0) record.stake = _toStake(msg.value);
        if (registration.nodeType == NodeType.BACKBONE_AUTH) ++$.config.backboneCount;
        $.entries[id] = ScoreIndex.Entry({
            peerID: peerID,
            position: _group($, region, registration.nodeType).append(id, INITIAL_SCORE, registration.bandwidthMbps),
            score: INITIAL_SCORE,
            region: region,
            nodeType: registration.nodeType,
            bandwidthMbps: registration.bandwidthMbps
        });

        emit NodeRegistered(
            peerID,
            msg.sender,
            registration.nodeType,
            registration.region,
            registration.bandwidthMbps,
            msg.value,
            nodeAddress,
            registration.mlDsaKeyHash
        );
    }

    /// @inheritdoc INodeNexus
    function update(bytes20 peerID, NodeType nodeType, bytes32 region, uint32 bandwidthMbps) external payable {
        NodeNexusStorage storage $ = _storage();
        (Record storage record, uint32 id, ) = _ownActive($, peerID);
        ScoreIndex.Entry storage entry = $.entries[id];
        (uint8 number, bool open) = _knownRegion($, region);
        _requireBandwidth(bandwidthMbps);

        if (msg.value != 0) _addStake($, record, peerID, record.stake, record.pooled);
        (NodeType oldType, uint8 oldNumber) = (entry.nodeType, entry.region);
        if (nodeType != oldType || number != oldNumber) {
            _requireNotPaused($);
            if (!open) revert RegionClosed(region);
            _relocate($, peerID, record, entry, nodeType, number);
        }
        _setBandwidth($, entry, bandwidthMbps);
        emit NodeUpdated(peerID, nodeType, region, bandwidthMbps);
    }

    /// @inheritdoc INodeNexus
    function setEndpoint(bytes20 peerID, string calldata endpoint) external {
        NodeNexusStorage storage $ = _storage();
        (, uint32 id, ) = _ownActive($, peerID);
        if ($.entries[id].nodeType != NodeType.BACKBONE_AUTH) revert NotBackbone(peerID);
        if (bytes(endpoint).length != 0 && !BaseUrl.isValid(endpoint)) revert InvalidEndpoint(endpoint);
        _setEndpoint($, peerID, endpoint);
    }

    /// @inheritdoc INodeNexus
    function heartbeat(bytes20 peerID) external {
        NodeNexusStorage storage $ = _storage();
        Record storage record = $.records[peerID];
        uint256 word;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := sload(record.slot)
        }
        // What is amiss is told where every call tells it.
        if (address(uint160(word)) != msg.sender || word >> UNBONDING_SHIFT > MAX_UNBONDING_PERIOD) {
            _ownActive($, peerID);
        }
        word = (word & LAST_SEEN_MASK) | (uint256(uint32(block.timestamp)) << LAST_SEEN_SHIFT);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(record.slot, word)
        }
    }

    /// @inheritdoc INodeNexus
    function topUp(bytes20 peerID) external payable {
        NodeNexusStorage storage $ = _storage();
        if (msg.value == 0) revert NothingSent();
        Record storage record = $.records[peerID];
        // Only a registered node holds stake, so the slot that names the operator need not be read for one that does.
        (uint256 held, bool pooled) = (record.stake, record.pooled);
        if (held == 0 && record.operator == address(0)) revert NotRegistered(peerID);
        _addStake($, record, peerID, held, pooled);
    }

    /// @inheritdoc INodeNexus
    function deregister(bytes20 peerID) external {
        NodeNexusStorage storage $ = _storage();
        (Record storage record, uint32 id, uint32 period) = _ownActive($, peerID);
        _leave($, peerID, record, id, period);
    }

    /// @inheritdoc INodeNexus
    function evict(bytes20 peerID) external {
        NodeNexusStorage storage $ = _storage();
        Record storage record = $.records[peerID];
        uint32 id = record.id;
        bool backbone = id != 0 && $.entries[id].nodeType == NodeType.BACKBONE_AUTH;
        if (!backbone || NodeRecords.isDate(record.unbonding) || $.approvedBackbones[record.operator])
            revert NotEvictable(peerID);
        _leave($, peerID, record, id, record.unbonding);
    }

    /// @inheritdoc INodeNexus
    function applyScores(bytes32 region, NodeType nodeType, bytes calldata changes) external {
        NodeNexusStorage storage $ = _storage();
        if (msg.sender != $.scorer) revert NotScorer(msg.sender);
        (uint8 number, ) = _knownRegion($, region);
        bytes memory applied = ScoreBatch.apply_($, number, uint8(nodeType), changes);
        emit ScoresApplied(region, nodeType, applied);
    }

    /// @inheritdoc INodeNexus
    function withdraw(bytes20 peerID) external nonReentrant {
        (, , uint32 availableAt) = _own(_storage(), peerID);
        if (!NodeRecords.isDate(availableAt)) revert NotUnbonding(peerID);
        if (block.timestamp < availableAt) revert StillUnbonding(availableAt);

        StakePools.close(_storage(), peerID);
    }

    // ── Stakers ──

    /// @inheritdoc IStakePools
    function stake(bytes20 peerID, uint256 minShares) external payable returns (uint256) {
        NodeNexusStorage storage $ = _storage();
        _requireNotPaused($);
        return StakePools.stake($, peerID, minShares);
    }

    /// @inheritdoc IStakePools
    function unstake(uint32 pool, uint256 shares) external returns (uint64) {
        NodeNexusStorage storage $ = _storage();
        return StakePools.unstake($, pool, shares, _minimumStake($, $.entries[pool].nodeType));
    }

    /// @inheritdoc IStakePools
    function withdrawUnstaked(uint32 pool, uint256 index) external nonReentrant {
        StakePools.withdrawUnstaked(_storage(), pool, index);
    }

    /// @inheritdoc IStakePools
    function rebond(uint32 pool, uint256 index) external returns (uint256) {
        NodeNexusStorage storage $ = _storage();
        _requireNotPaused($);
        return StakePools.rebond($, pool, index);
    }

    /// @inheritdoc IStakePools
    function reward(bytes20 peerID) external payable {
        if (msg.value == 0) revert NothingSent();
        Record storage record = _storage().records[peerID];
        (uint256 held, uint256 earned, uint256 stakersBps) = (record.stake, record.earnings, record.stakersBps);
        if (held == 0 && earned == 0 && record.operator == address(0)) revert NotRegistered(peerID);
        uint256 toStake = (msg.value * stakersBps) / 10_000;
        uint256 commission = msg.value - toStake;
        (record.stake, record.earnings) = (_toStake(held + toStake), _toStake(earned + commission));
        emit Rewarded(peerID, commission, toStake);
    }

    /// @inheritdoc IStakePools
    function claim(bytes20 peerID) external nonReentrant {
        StakePools.claim(_storage(), peerID);
    }

    /// @inheritdoc IStakePools
    function setBeneficiary(bytes20 peerID, address beneficiary) external {
        StakePools.setBeneficiary(_storage(), peerID, beneficiary);
    }

    /// @inheritdoc IStakePools
    function setCommission(bytes20 peerID, uint16 commissionBps) external {
        StakePools.setCommission(_storage(), peerID, commissionBps);
    }

    /// @inheritdoc IStakePools
    function executeCommission(bytes20 peerID) external {
        StakePools.executeCommission(_storage(), peerID);
    }

    /// @inheritdoc INodeNexus
    function freeze(bytes20 peerID, uint64 until) external {
        StakePools.freeze(_asSlasher(), peerID, until);
    }

    /// @inheritdoc INodeNexus
    function slash(bytes20 peerID, uint16 bps) external nonReentrant returns (uint256) {
        return StakePools.slash(_asSlasher(), peerID, bps);
    }

    /// @inheritdoc IStakePools
    function poolOf(bytes20 peerID) external view returns (PoolView memory result) {
        NodeNexusStorage storage $ = _storage();
        _answer(address(StakePools), abi.encodeWithSelector(StakePools.poolAt.selector, _slot(), $.records[peerID].id));
    }

    /// @inheritdoc IStakePools
    function poolAt(uint32 pool) external view returns (PoolView memory result) {
        _answer(address(StakePools), abi.encodeWithSelector(StakePools.poolAt.selector, _slot(), pool));
    }

    /// @inheritdoc IStakePools
    function stakerOf(uint32 pool, address account) external view returns (StakerView memory result) {
        _answer(address(StakePools), abi.encodeWithSelector(StakePools.stakerOf.selector, _slot(), pool, account));
    }

    // ── Governance ──

    /// @inheritdoc INodeNexus
    function setBackboneApproval(address operator, bool approved) external onlyOwner {
        _setBackboneApproval(operator, approved);
    }

    /// @inheritdoc INodeNexus
    function setMinimumStake(NodeType nodeType, uint256 amount) external onlyOwner {
        _setMinimumStake(nodeType, amount);
    }

    /// @inheritdoc INodeNexus
    function setUnbondingPeriod(uint64 period) external onlyOwner {
        _setUnbondingPeriod(period);
    }

    /// @inheritdoc INodeNexus
    function setRelayPricePerGiB(uint256 weiPerGiB) external onlyOwner {
        _setRelayPrice(weiPerGiB);
    }

    /// @inheritdoc INodeNexus
    function setRegion(bytes32 region, bool open) external onlyOwner {
        _setRegion(region, open);
    }

    /// @inheritdoc INodeNexus
    function setPauser(address newPauser) external onlyOwner {
        _setPauser(newPauser);
    }

    /// @inheritdoc INodeNexus
    function setScorer(address newScorer) external onlyOwner {
        _setScorer(newScorer);
    }

    /// @inheritdoc INodeNexus
    function setSlasher(address newSlasher) external onlyOwner {
        _setSlasher(newSlasher);
    }

    /// @inheritdoc INodeNexus
    function pause() external {
        NodeNexusStorage storage $ = _storage();
        _requirePauser($);
        _requireNotPaused($);
        $.config.paused = true;
        emit Paused(msg.sender);
    }

    /// @inheritdoc INodeNexus
    function unpause() external {
        NodeNexusStorage storage $ = _storage();
        _requirePauser($);
        if (!$.config.paused) revert ExpectedPause();
        $.config.paused = false;
        emit Unpaused(msg.sender);
    }

    // ── Look-ups ──

    /// @inheritdoc INodeNexus
    function nodes(bytes20 peerID) external view returns (Node memory node) {
        _answer(address(NexusViews), abi.encodeWithSelector(NexusViews.node.selector, _slot(), peerID));
    }

    /// @inheritdoc INodeNexus
    function nodeDetails(bytes20 peerID) external view returns (NodeDetails memory details) {
        _answer(address(StakePools), abi.encodeWithSelector(StakePools.details.selector, _slot(), peerID));
    }

    /// @inheritdoc INodeNexus
    function getBackboneNodes(bytes32 region) external view returns (bytes20[] memory peerIDs) {
        (uint8 number, ) = _knownRegion(_storage(), region);
        _answer(address(NexusViews), abi.encodeWithSelector(NexusViews.backbones.selector, _slot(), number));
    }

    /// @inheritdoc INodeNexus
    function getPublicLightNodes(bytes32 region, uint256 count) external view returns (bytes20[] memory peerIDs) {
        return getPublicLightNodes(region, count, 0);
    }

    /// @inheritdoc INodeNexus
    function getPublicLightNodes(
        bytes32 region,
        uint256 count,
        uint256 seed
    ) public view returns (bytes20[] memory peerIDs) {
        (uint8 number, ) = _knownRegion(_storage(), region);
        bytes4 selector = NexusViews.publicNodes.selector;
        _answer(address(NexusViews), abi.encodeWithSelector(selector, _slot(), number, count, seed));
    }

    /// @inheritdoc INodeNexus
    function nodesPage(
        bytes32 region,
        NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (Node[] memory result, uint256 total) {
        (uint8 number, ) = _knownRegion(_storage(), region);
        bytes4 selector = NexusViews.page.selector;
        _answer(address(NexusViews), abi.encodeWithSelector(selector, _slot(), number, nodeType, offset, limit));
    }

    /// @inheritdoc INodeNexus
    function stakeIn(
        bytes32 region,
        NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (uint256 staked, uint256 total) {
        (uint8 number, ) = _knownRegion(_storage(), region);
        bytes4 selector = NexusViews.stakeIn.selector;
        _answer(address(NexusViews), abi.encodeWithSelector(selector, _slot(), number, nodeType, offset, limit));
    }

    /// @inheritdoc INodeNexus
    function nodeCount(bytes32 region, NodeType nodeType) external view returns (uint256 count) {
        NodeNexusStorage storage $ = _storage();
        (uint8 number, ) = _knownRegion($, region);
        (count, ) = _group($, number, nodeType).totals();
    }

    /// @inheritdoc INodeNexus
    function scoreOf(bytes20 peerID) external view returns (uint8) {
        NodeNexusStorage storage $ = _storage();
        return $.entries[$.records[peerID].id].score;
    }

    /// @inheritdoc INodeNexus
    function endpointOf(bytes20 peerID) external view returns (string memory) {
        return _storage().endpoints[peerID];
    }

    /// @inheritdoc INodeNexus
    function unbondingOf(bytes20 peerID) external view returns (uint256 amount, uint64 availableAt) {
        Record storage record = _storage().records[peerID];
        uint32 unbonding = record.unbonding;
        if (!NodeRecords.isDate(unbonding)) return (0, 0);
        return (record.pooled ? StakePools.operatorStake(_storage(), peerID) : record.stake, unbonding);
    }

    /// @inheritdoc INodeNexus
    function isApprovedBackbone(address operator) external view returns (bool) {
        return _storage().approvedBackbones[operator];
    }

    /// @inheritdoc INodeNexus
    function isBackbone(bytes20 peerID) external view returns (bool) {
        NodeNexusStorage storage $ = _storage();
        Record storage record = $.records[peerID];
        (address operator, uint32 id, uint32 unbonding) = (record.operator, record.id, record.unbonding);
        if (operator == address(0) || NodeRecords.isDate(unbonding) || !$.approvedBackbones[operator]) return false;
        return $.entries[id].nodeType == NodeType.BACKBONE_AUTH;
    }

    /// @inheritdoc INodeNexus
    function backboneCount() external view returns (uint256) {
        return _storage().config.backboneCount;
    }

    /// @inheritdoc INodeNexus
    function scorer() external view returns (address) {
        return _storage().scorer;
    }

    /// @inheritdoc INodeNexus
    function slasher() external view returns (address) {
        return _storage().slasher;
    }

    /// @inheritdoc INodeNexus
    function owner() public view override(INodeNexus, OwnableUpgradeable) returns (address) {
        return super.owner();
    }

    /// @inheritdoc INodeNexus
    function minimumStake(NodeType nodeType) external view returns (uint256) {
        return _minimumStake(_storage(), nodeType);
    }

    /// @inheritdoc INodeNexus
    function unbondingPeriod() external view returns (uint64) {
        return _storage().config.unbondingPeriod;
    }

    /// @inheritdoc INodeNexus
    function longestUnbondingPeriod() external view returns (uint64) {
        return _storage().longestUnbondingPeriod;
    }

    /// @inheritdoc INodeNexus
    function relayPricePerGiB() external view returns (uint256) {
        return _storage().relayPricePerGiB;
    }

    /// @inheritdoc INodeNexus
    function regions() external view returns (bytes32[] memory names) {
        _answer(address(NexusViews), abi.encodeWithSelector(NexusViews.openRegions.selector, _slot()));
    }

    /// @inheritdoc INodeNexus
    function regionTotals() external view returns (RegionTotals[] memory totals) {
        _answer(address(NexusViews), abi.encodeWithSelector(NexusViews.regionTotals.selector, _slot()));
    }

    /// @inheritdoc INodeNexus
    function pauser() external view returns (address) {
        return _storage().pauser;
    }

    /// @inheritdoc INodeNexus
    function paused() external view returns (bool) {
        return _storage().config.paused;
    }

    // ── Libraries ──

    /// @dev Ends the call with what a library answers, byte for byte: to decode and encode it again would cost gas and
    /// size. Only for functions of the libraries that change nothing.
    function _answer(address library_, bytes memory data) private view {
        function(address, bytes memory) internal delegate = _delegate;
        function(address, bytes memory) internal view delegateView;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            delegateView := delegate
        }
        delegateView(library_, data);
    }

    function _delegate(address library_, bytes memory data) private {
        // solhint-disable-next-line no-inline-assembly
        assembly {
            let done := delegatecall(gas(), library_, add(data, 32), mload(data), 0, 0)
            let size := returndatasize()
            returndatacopy(0, 0, size)
            if done {
                return(0, size)
            }
            revert(0, size)
        }
    }

    /// @dev How a library is told where the storage is.
    function _slot() private pure returns (uint256 slot) {
        NodeNexusStorage storage $ = _storage();
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            slot := $.slot
        }
    }

    // ── Identity ──

    /// @dev The signature must come from the node key that, with the ML-DSA key's hash, makes up the peer ID.
    function _recoverNode(Registration calldata registration) private view returns (address nodeAddress) {
        (bytes20 peerID, uint64 deadline) = (registration.peerID, registration.deadline);
        if (block.timestamp > deadline) revert ProofExpired(deadline);
        uint64 latest = uint64(block.timestamp) + MAX_PROOF_PERIOD;
        if (deadline > latest) revert ProofTooLong(deadline, latest);

        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(REGISTRATION_TYPEHASH, msg.sender, peerID, deadline)));
        ECDSA.RecoverError failure;
        (nodeAddress, failure, ) = ECDSA.tryRecoverCalldata(digest, registration.nodeSignature);
        if (failure != ECDSA.RecoverError.NoError) revert InvalidNodeSignature();

        bytes20 computed = bytes20(keccak256(abi.encodePacked(nodeAddress, registration.mlDsaKeyHash)));
        if (computed != peerID) revert PeerIdMismatch(peerID, computed);
    }

    // ── Nodes ──

    /// @dev What a call needs of the caller's node is read at once: it is one slot.
    function _own(
        NodeNexusStorage storage $,
        bytes20 peerID
    ) private view returns (Record storage record, uint32 id, uint32 unbonding) {
        record = $.records[peerID];
        address operator;
        (operator, id, unbonding) = (record.operator, record.id, record.unbonding);
        if (operator == msg.sender) return (record, id, unbonding);
        if (operator == address(0)) revert NotRegistered(peerID);
        revert NotOperator(msg.sender, operator);
    }

    function _ownActive(
        NodeNexusStorage storage $,
        bytes20 peerID
    ) private view returns (Record storage record, uint32 id, uint32 period) {
        (record, id, period) = _own($, peerID);
        if (NodeRecords.isDate(period)) revert AlreadyUnbonding(peerID, period);
    }

    function _leave(
        NodeNexusStorage storage $,
        bytes20 peerID,
        Record storage record,
        uint32 id,
        uint32 period
    ) private {
        ScoreIndex.Entry storage entry = $.entries[id];
        NodeType nodeType = entry.nodeType;
        _group($, entry.region, nodeType).remove($.entries, entry.score, entry.position, entry.bandwidthMbps);
        if (nodeType == NodeType.BACKBONE_AUTH) _endBackbone($, peerID);

        uint32 availableAt = uint32(block.timestamp) + period;
        record.unbonding = availableAt;
        emit NodeDeregistered(peerID, availableAt);
    }

    /// @dev Moves a node to another group. Reputation earned in one role is none in another; a bad one stays.
    function _relocate(
        NodeNexusStorage storage $,
        bytes20 peerID,
        Record storage record,
        ScoreIndex.Entry storage entry,
        NodeType nodeType,
        uint8 region
    ) private {
        (NodeType oldType, uint8 score, uint32 bandwidthMbps) = (entry.nodeType, entry.score, entry.bandwidthMbps);
        _group($, entry.region, oldType).remove($.entries, score, entry.position, bandwidthMbps);
        if (nodeType != oldType) {
            uint256 held = record.pooled ? StakePools.operatorStake($, peerID) : record.stake;
            _requireQualified($, nodeType, msg.sender, held);
            if (nodeType == NodeType.BACKBONE_AUTH) ++$.config.backboneCount;
            if (oldType == NodeType.BACKBONE_AUTH) _endBackbone($, peerID);
            if (score > INITIAL_SCORE) score = INITIAL_SCORE;
        }
        entry.position = _group($, region, nodeType).append(record.id, score, bandwidthMbps);
        (entry.score, entry.region, entry.nodeType) = (score, region, nodeType);
    }

    function _setBandwidth(NodeNexusStorage storage $, ScoreIndex.Entry storage entry, uint32 bandwidthMbps) private {
        (uint8 score, uint8 region, NodeType nodeType, uint32 before) = (
            entry.score,
            entry.region,
            entry.nodeType,
            entry.bandwidthMbps
        );
        if (bandwidthMbps == before) return;
        entry.bandwidthMbps = bandwidthMbps;
        _group($, region, nodeType).setBandwidth(score, before, bandwidthMbps);
    }

    function _addStake(
        NodeNexusStorage storage $,
        Record storage record,
        bytes20 peerID,
        uint256 held,
        bool pooled
    ) private {
        _requireNotPaused($);
        held += msg.value;
        if (pooled) StakePools.topUp($, peerID);
        else record.stake = _toStake(held);
        emit StakeAdded(peerID, msg.value);
    }

    function _toStake(uint256 amount) private pure returns (uint96) {
        if (amount > type(uint96).max) revert AmountTooLarge(amount, type(uint96).max);
        return uint96(amount);
    }

    function _setEndpoint(NodeNexusStorage storage $, bytes20 peerID, string calldata endpoint) private {
        $.endpoints[peerID] = endpoint;
        emit EndpointSet(peerID, endpoint);
    }

    function _endBackbone(NodeNexusStorage storage $, bytes20 peerID) private {
        --$.config.backboneCount;
        if (bytes($.endpoints[peerID]).length == 0) return;
        delete $.endpoints[peerID];
        emit EndpointSet(peerID, "");
    }

    function _group(
        NodeNexusStorage storage $,
        uint8 region,
        NodeType nodeType
    ) private view returns (ScoreIndex.Group storage) {
        return $.groups[(uint256(region) << 8) | uint8(nodeType)];
    }

    // ── Conditions ──

    function _requireNotPaused(NodeNexusStorage storage $) private view {
        if ($.config.paused) revert EnforcedPause();
    }

    function _asSlasher() private view returns (NodeNexusStorage storage $) {
        $ = _storage();
        if (msg.sender != $.slasher) revert NotSlasher(msg.sender);
    }

    function _requirePauser(NodeNexusStorage storage $) private view {
        if (msg.sender != $.pauser && msg.sender != owner()) revert NotPauser(msg.sender);
    }

    function _requireQualified(
        NodeNexusStorage storage $,
        NodeType nodeType,
        address operator,
        uint256 held
    ) private view {
        if (nodeType == NodeType.BACKBONE_AUTH && !$.approvedBackbones[operator]) revert BackboneNotApproved(operator);
        uint256 minimum = _minimumStake($, nodeType);
        if (held < minimum) revert StakeTooLow(held, minimum);
    }

    function _requireBandwidth(uint32 bandwidthMbps) private pure {
        if (bandwidthMbps == 0 || bandwidthMbps > MAX_BANDWIDTH_MBPS) revert InvalidBandwidth(bandwidthMbps);
    }

    function _knownRegion(NodeNexusStorage storage $, bytes32 name) private view returns (uint8 number, bool open) {
        Region storage region = $.regionsByName[name];
        (number, open) = (region.number, region.open);
        if (number == 0) revert UnknownRegion(name);
    }

    function _openRegion(NodeNexusStorage storage $, bytes32 name) private view returns (uint8) {
        (uint8 number, bool open) = _knownRegion($, name);
        if (!open) revert RegionClosed(name);
        return number;
    }

    function _minimumStake(NodeNexusStorage storage $, NodeType nodeType) private view returns (uint256) {
        if (nodeType == NodeType.LIGHT_PUBLIC) return $.config.publicMinimum;
        if (nodeType == NodeType.BACKBONE_AUTH) return $.config.backboneMinimum;
        return 0;
    }

    // ── Parameters ──

    function _setMinimumStake(NodeType nodeType, uint256 amount) private {
        if (nodeType == NodeType.LIGHT_PRIVATE) revert NoMinimumFor(nodeType);
        if (amount > type(uint80).max) revert AmountTooLarge(amount, type(uint80).max);
        Config storage config = _storage().config;
        if (nodeType == NodeType.LIGHT_PUBLIC) config.publicMinimum = uint80(amount);
        else config.backboneMinimum = uint80(amount);
        emit MinimumStakeSet(nodeType, amount);
    }

    function _setBackboneApproval(address operator, bool approved) private {
        if (operator == address(0)) revert InvalidAddress(operator);
        _storage().approvedBackbones[operator] = approved;
        emit BackboneApprovalSet(operator, approved);
    }

    function _setUnbondingPeriod(uint64 period) private {
        if (period == 0 || period > MAX_UNBONDING_PERIOD) revert InvalidUnbondingPeriod(period, MAX_UNBONDING_PERIOD);
        NodeNexusStorage storage $ = _storage();
        $.config.unbondingPeriod = uint32(period);
        if (period > $.longestUnbondingPeriod) $.longestUnbondingPeriod = uint32(period);
        emit UnbondingPeriodSet(period);
    }

    function _setRelayPrice(uint256 weiPerGiB) private {
        if (weiPerGiB > type(uint96).max) revert AmountTooLarge(weiPerGiB, type(uint96).max);
        _storage().relayPricePerGiB = uint96(weiPerGiB);
        emit RelayPriceSet(weiPerGiB);
    }

    function _setRegion(bytes32 name, bool open) private {
        NodeNexusStorage storage $ = _storage();
        if (name == bytes32(0)) revert UnknownRegion(name);
        Region storage region = $.regionsByName[name];
        if (region.number == 0) {
            if ($.regionNames.length == MAX_REGIONS) revert TooManyRegions(MAX_REGIONS);
            $.regionNames.push(name);
            region.number = uint8($.regionNames.length);
        }
        region.open = open;
        emit RegionSet(name, open);
    }

    function _setScorer(address newScorer) private {
        _storage().scorer = newScorer;
        emit ScorerSet(newScorer);
    }

    function _setSlasher(address newSlasher) private {
        _storage().slasher = newSlasher;
        emit SlasherSet(newSlasher);
    }

    function _setPauser(address newPauser) private {
        _storage().pauser = newPauser;
        emit PauserSet(newPauser);
    }

    // ── Upgrade ──

    /// @dev In production the owner is a timelock whose delay is longer than unbonding, so that who disagrees with an
    /// upgrade can leave first.
    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override onlyOwner {}

    // solhint-disable func-name-mixedcase
    function _EIP712Name() internal pure override returns (string memory) {
        return "ShadowMesh NodeNexus";
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return "1";
    }
    // solhint-enable func-name-mixedcase
}
