// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Stakers: each node's stake is a pool of shares
/// @notice Anybody stakes on a node beside its operator. Rewards raise what a share is worth and slashing lowers it, for
/// what unbonds as well. A pool is named by its node's number, which is never used again; so stakers can leave whatever
/// became of the node.
/// @dev A share is worth (stake + 1) / (shares + 1e6): the virtual million makes it pointless to inflate an empty pool.
/// All rounding favours the pool.
interface IStakePools {
    /// @notice Everything about one pool. Amounts in wei, times in Unix seconds, parts in 1/100 %.
    struct PoolView {
        uint32 pool;
        bytes20 peerID;
        /// 0 once the operator has withdrawn and only stakers are left.
        address operator;
        /// Who is paid the commission.
        address beneficiary;
        uint256 stake;
        uint256 shares;
        uint256 operatorShares;
        /// What unbonds; not part of `stake`.
        uint256 unbonding;
        /// Commission that `claim` would pay.
        uint256 earnings;
        uint16 commissionBps;
        /// The commission announced, and when it may begin; 0 and 0 if there is none.
        uint16 nextCommissionBps;
        uint64 nextCommissionAt;
        /// Nothing can be withdrawn before.
        uint64 frozenUntil;
    }

    struct UnbondingView {
        uint256 amount;
        uint64 availableAt;
    }

    /// @notice Everything about one staker of one pool.
    struct StakerView {
        uint256 shares;
        /// What the shares are worth.
        uint256 stake;
        UnbondingView[] unbondings;
    }

    /// @notice Shares were made for coins.
    event Staked(uint32 indexed pool, address indexed account, uint256 amount, uint256 shares);
    /// @notice Shares were turned into an unbonding, the account's number `index`.
    event Unstaked(
        uint32 indexed pool,
        address indexed account,
        uint256 index,
        uint256 amount,
        uint256 shares,
        uint64 availableAt
    );
    /// @notice The last of the account's unbondings takes the place of the one that is gone.
    event UnstakedWithdrawn(uint32 indexed pool, address indexed account, uint256 index, uint256 amount);
    /// @notice What unbonded is staked again; the account's last unbonding takes its place.
    event Rebonded(uint32 indexed pool, address indexed account, uint256 index, uint256 amount, uint256 shares);
    /// @param commission What the operator may claim of it.
    /// @param toStake What raised the worth of the shares.
    event Rewarded(bytes20 indexed peerID, uint256 commission, uint256 toStake);
    /// @notice The commission earned was paid.
    event EarningsClaimed(bytes20 indexed peerID, address indexed beneficiary, uint256 amount);
    /// @notice Somebody else is paid the commission.
    event BeneficiarySet(bytes20 indexed peerID, address indexed beneficiary);
    /// @notice A higher commission may begin at `availableAt`.
    event CommissionAnnounced(bytes20 indexed peerID, uint16 commissionBps, uint64 availableAt);
    /// @notice The commission in force.
    event CommissionSet(bytes20 indexed peerID, uint16 commissionBps);

    /// @notice Nothing can be withdrawn before `until`.
    event NodeFrozen(bytes20 indexed peerID, uint64 until);
    /// @notice What was taken, of the stake and of what unbonds.
    event NodeSlashed(bytes20 indexed peerID, uint256 fromStake, uint256 fromUnbonding);

    /// @notice No node ever had this number.
    error UnknownPool(uint32 pool);
    /// @notice The node is leaving or has left: it takes no stake any more.
    error PoolClosed(uint32 pool);
    /// @notice None asked for, or more than the account has.
    error NotEnoughShares(uint256 asked, uint256 held);
    /// @notice The coins buy fewer shares than wanted, or none.
    error TooFewShares(uint256 minted, uint256 minimum);
    /// @notice The account unbonds nothing under this number.
    error NoSuchUnbonding(uint32 pool, address account, uint256 index);
    /// @notice Over 100 %, or over five points more than in force.
    error InvalidCommission(uint16 commissionBps, uint16 maximum);
    /// @notice There is no announced commission to begin.
    error NoCommissionAnnounced(bytes20 peerID);
    /// @notice The announced commission does not begin yet.
    error CommissionNotDue(uint64 availableAt);
    /// @notice The node was reported; nothing is paid until then.
    error Frozen(uint64 until);
    /// @notice More than 14 days ahead.
    error FreezeTooLong(uint64 until, uint64 latest);
    /// @notice Over 100 %.
    error InvalidPenalty(uint16 bps, uint16 maximum);

    /// @notice Stakes the value sent on a node; from its operator it is a top-up.
    /// @param minShares Fewer than these, and nothing happens.
    function stake(bytes20 peerID, uint256 minShares) external payable returns (uint256 shares);

    /// @notice Takes shares out of a pool; what they are worth unbonds for the node's period, slashable until then.
    /// Works while paused, needs no admin.
    /// @dev An operator keeps the minimum stake of its type while the node is active. Once the node has left, its
    /// stakers need wait no longer than its operator.
    function unstake(uint32 pool, uint256 shares) external returns (uint64 availableAt);

    /// @notice Pays what has unbonded to the caller. Works while paused, needs no admin.
    function withdrawUnstaked(uint32 pool, uint256 index) external;

    /// @notice Turns what unbonds into shares again, while the node is active.
    function rebond(uint32 pool, uint256 index) external returns (uint256 shares);

    /// @notice Gives the value sent to a node: commission to its operator, the rest to all who hold shares.
    function reward(bytes20 peerID) external payable;

    /// @notice Pays the commission earned to the beneficiary; anybody may call.
    function claim(bytes20 peerID) external;

    /// @param beneficiary Who is paid the commission; 0 for the operator.
    function setBeneficiary(bytes20 peerID, address beneficiary) external;

    /// @notice Lowers the commission at once, or announces a higher one: up to 5 percentage points more, after the
    /// node's unbonding period, so that stakers can leave first. While nobody else holds shares, any takes effect at once.
    function setCommission(bytes20 peerID, uint16 commissionBps) external;

    /// @notice Begins the commission announced; anybody may call.
    function executeCommission(bytes20 peerID) external;

    /// @notice Everything about the pool of a registered node.
    function poolOf(bytes20 peerID) external view returns (PoolView memory);

    /// @notice Everything about the pool of that number, also when its node has left.
    function poolAt(uint32 pool) external view returns (PoolView memory);

    /// @notice Everything about one staker of one pool.
    function stakerOf(uint32 pool, address account) external view returns (StakerView memory);
}
