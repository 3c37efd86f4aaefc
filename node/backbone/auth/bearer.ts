/** The token of an Authorization header (RFC 6750, section 2.1); undefined where there is none. */
export function bearerToken(authorization = ""): string | undefined {
  const [scheme, token] = authorization.split(" ");
  return scheme?.toLowerCase() === "bearer" && token ? token : undefined;
}
