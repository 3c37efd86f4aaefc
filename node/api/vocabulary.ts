/** The way through the console's Welcome page. */
export const welcomeSteps = ["terms", "backup", "wallet", "network", "service", "done"] as const;
export type WelcomeStep = (typeof welcomeSteps)[number];

/** From the one that says most to the one that says least. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** What an API key may do: GET alone, or all that its owner may but manage keys and sign in. */
export const apiKeyScopes = ["read", "write"] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** By what a backbone's list of devices is sorted. */
export const deviceSorts = ["node", "lastSeenMs", "cores", "memoryBytes", "loadPercent"] as const;

/** What is told of devices in the pool. */
export const poolEventTypes = ["joined", "left", "changed", "alert"] as const;
