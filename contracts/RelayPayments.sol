// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";
import {IRelayPayments} from "./interfaces/IRelayPayments.sol";
import {IStakePools} from "./interfaces/IStakePools.sol";

/// @title RelayPayments
/// @dev The owner can upgrade it, behind the timelock, and nothing else: no function moves a channel's coins but the
/// channel's own.
contract RelayPayments is IRelayPayments, Ownable2StepUpgradeable, EIP712Upgradeable, UUPSUpgradeable {
    bytes32 private constant VOUCHER_TYPEHASH = keccak256("Voucher(bytes32 channel,uint256 cumulativeWei)");
    uint64 private constant MAX_NOTICE = 30 days;
    /// @dev Where the fields of an `Account` stand in its slot.
    uint256 private constant DEPOSITED_SHIFT = 160;
    uint256 private constant REDEEMED_SHIFT = 208;
    uint256 private constant REDEEMED_MASK = (1 << REDEEMED_SHIFT) - 1;

    /// @dev One slot, for a redemption writes it. A closed channel keeps its session key and nothing else: its number is
    /// never used again, so that an old voucher finds nothing.
    struct Account {
        address sessionKey;
        uint48 depositedGwei;
        uint48 redeemedGwei;
    }

    /// @dev The payer's last channel to a node.
    struct Last {
        uint32 number;
        uint64 closableAt;
    }

    /// @custom:storage-location erc7201:shadowmesh.storage.RelayPayments
    struct RelayPaymentsStorage {
        mapping(bytes32 channel => Account) accounts;
        mapping(address payer => mapping(bytes20 peerID => Last)) last;
    }

    /// @dev keccak256(abi.encode(uint256(keccak256("shadowmesh.storage.RelayPayments")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0x872e4aa52cf12dae35e47b86c9024585cf86fdb2a2e5eac305793d8d7f5d0e00;

    /// @custom:oz-upgrades-unsafe-allow state-variable-immutable
    INodeNexus public immutable NEXUS;
    /// @inheritdoc IRelayPayments
    /// @custom:oz-upgrades-unsafe-allow state-variable-immutable
    // solhint-disable-next-line immutable-vars-naming
    uint64 public immutable exitNotice;

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor(INodeNexus nexus, uint64 notice) {
        if (notice == 0 || notice > MAX_NOTICE) revert InvalidNotice(notice);
        (NEXUS, exitNotice) = (nexus, notice);
        _disableInitializers();
    }

    /// @notice Sets up a new proxy.
    function initialize(address owner_) external initializer {
        __Ownable_init(owner_);
        __Ownable2Step_init();
        __EIP712_init("ShadowMesh RelayPayments", "1");
    }

    // ── Payers ──

    /// @inheritdoc IRelayPayments
    function open(bytes20 peerID, address sessionKey) external payable returns (bytes32 channel) {
        RelayPaymentsStorage storage $ = _storage();
        if (sessionKey == address(0)) revert InvalidSessionKey(sessionKey);
        Last storage last = $.last[msg.sender][peerID];
        uint32 number = last.number;
        channel = channelId(msg.sender, peerID, number);
        if ($.accounts[channel].depositedGwei != 0) revert ChannelStillOpen(channel);

        channel = channelId(msg.sender, peerID, ++number);
        (last.number, last.closableAt) = (number, 0);
        $.accounts[channel] = Account(sessionKey, _toGwei(0), 0);
        emit ChannelOpened(channel, msg.sender, peerID, number, sessionKey, msg.value);
    }

    /// @inheritdoc IRelayPayments
    function fund(address payer, bytes20 peerID) external payable {
        (bytes32 channel, Account storage account, Last storage last) = _openChannel(payer, peerID);
        account.depositedGwei = _toGwei(account.depositedGwei);
        emit ChannelFunded(channel, msg.value);
        if (msg.sender == payer && last.closableAt != 0) {
            last.closableAt = 0;
            emit ExitCancelled(channel);
        }
    }

    /// @inheritdoc IRelayPayments
    function announceExit(bytes20 peerID) external {
        (bytes32 channel, , Last storage last) = _openChannel(msg.sender, peerID);
        uint64 closableAt = uint64(block.timestamp) + exitNotice;
        last.closableAt = closableAt;
        emit ExitAnnounced(channel, closableAt);
    }

    /// @inheritdoc IRelayPayments
    function close(bytes20 peerID) external {
        (bytes32 channel, Account storage account, Last storage last) = _openChannel(msg.sender, peerID);
        uint64 closableAt = last.closableAt;
        if (closableAt == 0) revert ExitNotAnnounced(channel);
        if (block.timestamp < closableAt) revert NoticeRunning(closableAt);
        uint256 refund = uint256(account.depositedGwei - account.redeemedGwei) * 1 gwei;
        (account.depositedGwei, account.redeemedGwei, last.closableAt) = (0, 0, 0);
        emit ChannelClosed(channel, refund);
        // solhint-disable-next-line avoid-low-level-calls
        (bool sent, ) = msg.sender.call{value: refund}("");
        if (!sent) revert TransferFailed(msg.sender, refund);
    }

    // ── Nodes ──

    /// @inheritdoc IRelayPayments
    function redeem(bytes20 peerID, Voucher calldata voucher) external {
        uint256 amount = _redeem(_domainSeparatorV4(), peerID, voucher);
        if (amount == 0) revert NothingToRedeem(channelId(voucher.payer, peerID, voucher.number));
        IStakePools(address(NEXUS)).reward{value: amount}(peerID);
    }

    /// @inheritdoc IRelayPayments
    function redeemSigned(
        bytes20 peerID,
        address payer,
        uint32 number,
        uint256 cumulativeWei,
        bytes calldata signature
    ) external {
        bytes32 channel = channelId(payer, peerID, number);
        (uint256 account, uint256 amount) = _due(channel, cumulativeWei);
        if (amount == 0) revert NothingToRedeem(channel);
        bytes32 digest = _hashVoucher(_domainSeparatorV4(), channel, cumulativeWei);
        bool signed =
            address(uint160(account)) == payer &&
                SignatureChecker.isValidERC1271SignatureNowCalldata(payer, digest, signature);
        if (!signed) revert InvalidVoucher(channel);
        _settle(channel, account, cumulativeWei);
        IStakePools(address(NEXUS)).reward{value: amount}(peerID);
    }

    /// @inheritdoc IRelayPayments
    function redeemMany(bytes20 peerID, Voucher[] calldata vouchers) external {
        bytes32 domain = _domainSeparatorV4();
        uint256 amount = 0;
        for (uint256 i = 0; i < vouchers.length; ++i) amount += _redeem(domain, peerID, vouchers[i]);
        if (amount != 0) IStakePools(address(NEXUS)).reward{value: amount}(peerID);
    }

    // ── Views ──

    /// @inheritdoc IRelayPayments
    function channelOf(address payer, bytes20 peerID) external view returns (Channel memory channel) {
        RelayPaymentsStorage storage $ = _storage();
        Last storage last = $.last[payer][peerID];
        uint32 number = last.number;
        if (number == 0) return channel;
        bytes32 id = channelId(payer, peerID, number);
        Account storage account = $.accounts[id];
        return
            Channel({
                id: id,
                payer: payer,
                peerID: peerID,
                number: number,
                sessionKey: account.sessionKey,
                deposited: uint256(account.depositedGwei) * 1 gwei,
                redeemed: uint256(account.redeemedGwei) * 1 gwei,
                closableAt: last.closableAt
            });
    }

    /// @inheritdoc IRelayPayments
    function channelId(address payer, bytes20 peerID, uint32 number) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(payer, peerID, number));
    }

    /// @inheritdoc IRelayPayments
    function hashVoucher(bytes32 channel, uint256 cumulativeWei) external view returns (bytes32) {
        return _hashVoucher(_domainSeparatorV4(), channel, cumulativeWei);
    }

    /// @inheritdoc IRelayPayments
    function pricePerGiB() external view returns (uint256) {
        return NEXUS.relayPricePerGiB();
    }

    // ── Inside ──

    /// @return amount In wei, what the voucher pays beyond what was redeemed before.
    /// @dev The other signature that everybody can make of a good one is no harm: a voucher pays once.
    function _redeem(bytes32 domain, bytes20 peerID, Voucher calldata voucher) private returns (uint256 amount) {
        (address payer, uint32 number, uint256 cumulativeWei) = (voucher.payer, voucher.number, voucher.cumulativeWei);
        bytes32 channel = channelId(payer, peerID, number);
        uint256 account;
        (account, amount) = _due(channel, cumulativeWei);
        if (amount == 0) return 0;
        bytes32 vs = voucher.vs;
        address signer = ecrecover(
            _hashVoucher(domain, channel, cumulativeWei),
            uint8(uint256(vs >> 255)) + 27,
            voucher.r,
            vs & bytes32(uint256(type(int256).max))
        );
        // A session key is never zero, which is what a bad signature gives.
        if (signer != address(uint160(account))) revert InvalidVoucher(channel);
        _settle(channel, account, cumulativeWei);
    }

    /// @return account An `Account` as one word: its fields are read by shifting, which is cheaper than unpacking them.
    function _due(bytes32 channel, uint256 cumulativeWei) private view returns (uint256 account, uint256 amount) {
        Account storage stored = _storage().accounts[channel];
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            account := sload(stored.slot)
        }
        uint256 deposited = uint48(account >> DEPOSITED_SHIFT);
        uint256 redeemed = account >> REDEEMED_SHIFT;
        if (deposited == 0) revert NoChannel(channel);
        uint256 cumulative = cumulativeWei / 1 gwei;
        if (cumulative > deposited) revert VoucherExceedsDeposit(channel, cumulativeWei, deposited * 1 gwei);
        unchecked {
            if (cumulative > redeemed) amount = (cumulative - redeemed) * 1 gwei;
        }
    }

    function _settle(bytes32 channel, uint256 account, uint256 cumulativeWei) private {
        Account storage stored = _storage().accounts[channel];
        account = (account & REDEEMED_MASK) | ((cumulativeWei / 1 gwei) << REDEEMED_SHIFT);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(stored.slot, account)
        }
        emit Redeemed(channel, cumulativeWei);
    }

    function _openChannel(
        address payer,
        bytes20 peerID
    ) private view returns (bytes32 channel, Account storage account, Last storage last) {
        RelayPaymentsStorage storage $ = _storage();
        last = $.last[payer][peerID];
        channel = channelId(payer, peerID, last.number);
        account = $.accounts[channel];
        if (account.depositedGwei == 0) revert NoChannel(channel);
    }

    /// @return The deposit with the value sent.
    function _toGwei(uint256 depositedGwei) private view returns (uint48) {
        if (msg.value == 0) revert NothingSent();
        uint256 sum = depositedGwei + msg.value / 1 gwei;
        if (msg.value % 1 gwei != 0 || sum > type(uint48).max) revert InvalidAmount(msg.value);
        return uint48(sum);
    }

    function _hashVoucher(
        bytes32 domain,
        bytes32 channel,
        uint256 cumulativeWei
    ) private pure returns (bytes32 digest) {
        bytes32 voucher = keccak256(abi.encode(VOUCHER_TYPEHASH, channel, cumulativeWei));
        return keccak256(abi.encodePacked(hex"1901", domain, voucher));
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override onlyOwner {}

    // solhint-disable func-name-mixedcase
    function _EIP712Name() internal pure override returns (string memory) {
        return "ShadowMesh RelayPayments";
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return "1";
    }
    // solhint-enable func-name-mixedcase

    function _storage() private pure returns (RelayPaymentsStorage storage $) {
        // solhint-disable-next-line no-inline-assembly
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
