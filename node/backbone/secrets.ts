import { createHash, randomBytes } from "node:crypto";

/** 256 random bits for a cookie or a header. */
export const createToken = () => randomBytes(32).toString("base64url");

/** What is kept of a random secret: who reads the database can't show it. There is nothing to guess, so SHA-256 is enough. */
export const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");
