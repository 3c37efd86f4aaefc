import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { commonErrors, type ErrorDefinition, ShadowMeshError } from "../core/errors.ts";
import { serverErrors } from "./errors.ts";
import { failureBody } from "./failure.ts";

const definitions: Record<string, ErrorDefinition> = {
  HPE_HEADER_OVERFLOW: serverErrors.HEADERS_TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: serverErrors.REQUEST_TIMEOUT,
};

/** Answers bytes that are no HTTP request, in the same shape as every other error, and closes the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const failure = new ShadowMeshError(definitions[error.code ?? ""] ?? commonErrors.BAD_REQUEST);
  const body = JSON.stringify(failureBody(failure, randomUUID()));
  socket.end(
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
