import { defineErrors } from "../core/errors.ts";

/** Codes that any HTTP server of ours may answer with, before a route is reached. */
export const serverErrors = defineErrors({
  REQUEST_TIMEOUT: {
    status: 408,
    summary: "The request did not arrive in time.",
    action: "Send it again as a whole; see whether the connection is slow.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    summary: "The request's headers are too large.",
    action: "Clear the cookies of this address, or send fewer headers.",
  },
  TLS_FILES_INVALID: {
    status: 500,
    summary: "The server's certificate and key can't be read, or do not belong together.",
    action: "See `details` for the files: both are PEM, the key unencrypted and readable by the daemon.",
  },
  API_LISTEN_FAILED: {
    status: 500,
    summary: "The HTTP server cannot listen on its configured address.",
    action: "Another program may use the port: choose another, or stop that program.",
  },
});
