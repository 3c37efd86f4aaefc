import { createHash, randomBytes } from "node:crypto";

/** 256 random bits for a cookie or a header. */
export const createToken = () => randomBytes(32).toString("base64url");

/** What is kept of a random secret: who reads the database can't show it. */
export const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");
