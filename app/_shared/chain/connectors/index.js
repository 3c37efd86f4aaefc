export { injected, mock } from "@wagmi/core";
