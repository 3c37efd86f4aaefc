// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a node may publish as the base URL of its API
/// @dev Keeps out what no base URL needs (RFC 3986: spaces, quotes, brackets, user names, queries, fragments), so that
/// a page or a log that shows one is not handed markup. Whether the host exists is for the caller to find out.
library BaseUrl {
    uint256 internal constant MAX_BYTES = 256;

    function isValid(string calldata url) external pure returns (bool) {
        bytes calldata text = bytes(url);
        uint256 host = _hostStart(text);
        if (host == 0 || text.length <= host || text.length > MAX_BYTES || text[host] == "/") return false;
        for (uint256 i = host; i < text.length; ++i) {
            if (!_isAllowed(uint8(text[i]))) return false;
        }
        return true;
    }

    function _hostStart(bytes calldata text) private pure returns (uint256) {
        if (text.length >= 7 && bytes7(text) == "http://") return 7;
        if (text.length >= 8 && bytes8(text) == "https://") return 8;
        return 0;
    }

    /// @dev Letters, digits and `-._~:/[]%`, the brackets for IPv6 hosts.
    function _isAllowed(uint8 char) private pure returns (bool) {
        if (char >= 0x30 && char <= 0x3a) return true; // 0-9 :
        if (char >= 0x41 && char <= 0x5a) return true; // A-Z
        if (char >= 0x61 && char <= 0x7a) return true; // a-z
        if (char >= 0x2d && char <= 0x2f) return true; // - . /
        return char == 0x5b || char == 0x5d || char == 0x5f || char == 0x7e || char == 0x25; // [ ] _ ~ %
    }
}
