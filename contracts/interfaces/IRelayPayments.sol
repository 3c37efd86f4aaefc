// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Channels that pay nodes by the byte
/// @notice A payer funds a channel to one node and hands it vouchers signed by a session key: no wallet pop-up per
/// megabyte. Vouchers are cumulative, so the node redeems only the last, of one channel or of many at once. What is
/// redeemed goes to the node's commission and stake: see `IStakePools.reward`.
/// @dev Amounts are in wei; a channel counts in gwei, and what a voucher says beyond that waits for the next. A voucher is
/// EIP-712 Voucher(bytes32 channel,uint256 cumulativeWei) under the domain: name "ShadowMesh RelayPayments", version "1",
/// this chain, this proxy.
interface IRelayPayments {
    /// @notice The latest voucher of one channel.
    struct Voucher {
        address payer;
        /// Of the payer's channels to this node, counted from 1.
        uint32 number;
        /// What the channel has paid in all, once this is redeemed.
        uint256 cumulativeWei;
        /// The session key's signature in short form (EIP-2098).
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Everything about one channel.
    struct Channel {
        bytes32 id;
        address payer;
        bytes20 peerID;
        /// Of the payer's channels to this node, counted from 1.
        uint32 number;
        address sessionKey;
        uint256 deposited;
        uint256 redeemed;
        /// From when on the payer may close it; 0 if no exit is announced.
        uint64 closableAt;
    }

    /// @notice A payer may hand out vouchers up to the deposit.
    event ChannelOpened(
        bytes32 indexed channel,
        address indexed payer,
        bytes20 indexed peerID,
        uint32 number,
        address sessionKey,
        uint256 amount
    );
    /// @notice The deposit grew.
    event ChannelFunded(bytes32 indexed channel, uint256 amount);
    /// @notice The node should redeem: the payer may close the channel from `closableAt` on.
    event ExitAnnounced(bytes32 indexed channel, uint64 closableAt);
    /// @notice The payer funded the channel: its exit is off.
    event ExitCancelled(bytes32 indexed channel);
    /// @notice The payer was paid back what was not redeemed.
    event ChannelClosed(bytes32 indexed channel, uint256 refund);
    /// @param cumulativeWei What the channel has paid in all, as the voucher says; whole gwei of it count.
    event Redeemed(bytes32 indexed channel, uint256 cumulativeWei);

    /// @notice The call needs coins.
    error NothingSent();
    /// @notice Channels count in gwei, up to about 281,474 SHM.
    error InvalidAmount(uint256 amount);
    /// @notice The zero address signs nothing.
    error InvalidSessionKey(address sessionKey);
    /// @notice The payer's last channel to the node is still open: fund that one.
    error ChannelStillOpen(bytes32 channel);
    /// @notice The channel was never opened, or is closed.
    error NoChannel(bytes32 channel);
    /// @notice An exit is announced before a channel is closed.
    error ExitNotAnnounced(bytes32 channel);
    /// @notice The channel cannot be closed yet.
    error NoticeRunning(uint64 closableAt);
    /// @notice The channel's session key did not sign this.
    error InvalidVoucher(bytes32 channel);
    /// @notice The channel does not hold as much.
    error VoucherExceedsDeposit(bytes32 channel, uint256 cumulativeWei, uint256 depositedWei);
    /// @notice The voucher pays nothing beyond what was redeemed.
    error NothingToRedeem(bytes32 channel);
    /// @notice The payer refused the refund.
    error TransferFailed(address to, uint256 amount);
    /// @notice Zero, or longer than 30 days.
    error InvalidNotice(uint64 notice);

    /// @notice Opens a channel to a node with the value sent.
    /// @param sessionKey Signs the vouchers; an account of its own, or the payer itself.
    function open(bytes20 peerID, address sessionKey) external payable returns (bytes32 channel);

    /// @notice Adds the value sent to the payer's open channel; anybody may pay. An announced exit is taken back if the
    /// payer pays.
    function fund(address payer, bytes20 peerID) external payable;

    /// @notice Tells the node to redeem what it has: after the notice the caller may close its channel.
    function announceExit(bytes20 peerID) external;

    /// @notice Pays back what the node did not redeem, once the notice is over.
    function close(bytes20 peerID) external;

    /// @notice Pays the node what its last voucher says beyond what was redeemed before; anybody may hand it in.
    function redeem(bytes20 peerID, Voucher calldata voucher) external;

    /// @notice The same where the session key is the payer itself, a contract.
    /// @param signature What the payer takes (EIP-1271).
    function redeemSigned(
        bytes20 peerID,
        address payer,
        uint32 number,
        uint256 cumulativeWei,
        bytes calldata signature
    ) external;

    /// @notice The same for many channels of one node; the node is paid once. Vouchers that pay nothing more are passed
    /// over.
    function redeemMany(bytes20 peerID, Voucher[] calldata vouchers) external;

    /// @return The payer's last channel to the node; all zero if there never was one.
    function channelOf(address payer, bytes20 peerID) external view returns (Channel memory);

    /// @notice The name of a payer's channel to a node, of that number.
    function channelId(address payer, bytes20 peerID, uint32 number) external pure returns (bytes32);

    /// @return What a session key signs.
    function hashVoucher(bytes32 channel, uint256 cumulativeWei) external view returns (bytes32);

    /// @return weiPerGiB What users pay for a relayed GiB, as the registry says.
    function pricePerGiB() external view returns (uint256 weiPerGiB);

    /// @notice In seconds.
    function exitNotice() external view returns (uint64);
}
