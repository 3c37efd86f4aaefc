import { checkAnswer } from "../../../node/api/client.ts";
import type { Route, RouteInput, RouteOutput } from "../../../node/api/route.ts";
import { type ClientConfig, clientErrors, createTransport, type RouteAddress } from "../../../node/api/transport.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";

type Routes = Readonly<Record<string, Route>>;

interface RoutesOfServer<R extends Routes> {
  addresses: Readonly<Record<keyof R, RouteAddress>>;
  /** Loads the schemas of the answers. */
  definitions: () => Promise<R>;
}

export interface PageClient<R extends Routes> {
  /**
   * Calls a route by its name.
   *
   * @throws the config's `unreachable`, ANSWER_INVALID, and whatever code the route names
   */
  call<N extends keyof R>(
    name: N,
    input: RouteInput<R[N]>,
    options?: { signal?: AbortSignal },
  ): Promise<RouteOutput<R[N]>>;
  /** Tells it that another version of the server may answer from now on: answers are checked before anyone sees them. */
  doubt(): void;
}

/**
 * A client of the server that served this page. That server is of the page's own version, and whoever could forge its
 * answers could forge the page: they need no check, and the page no schemas, until the server may have been replaced.
 */
export function createPageClient<R extends Routes>(config: ClientConfig, server: RoutesOfServer<R>): PageClient<R> {
  const transport = createTransport(config);
  const { unreachable = clientErrors.DAEMON_UNREACHABLE } = config;
  let doubted = false;

  async function definition(name: keyof R): Promise<Route> {
    const routes = await server.definitions().catch((cause: unknown) => {
      // Served no more: the server has other files by now.
      throw new ShadowMeshError(clientErrors.ANSWER_INVALID, { cause });
    });
    return routes[name] as Route;
  }

  return {
    async call(name, input, options) {
      const address = server.addresses[name];
      const answer = await transport.ask(address, input, options).catch((error: unknown) => {
        doubted ||= ShadowMeshError.is(error, unreachable) && !options?.signal?.aborted;
        throw error;
      });
      if (doubted) return checkAnswer(await definition(name), answer) as RouteOutput<R[typeof name]>;
      if (answer === undefined) {
        throw new ShadowMeshError(clientErrors.ANSWER_INVALID, { details: { path: address.path } });
      }
      return answer as RouteOutput<R[typeof name]>;
    },
    doubt() {
      doubted = true;
    },
  };
}

/** While a page is hidden its timers rest, and it misses that its server stops and starts. */
export function doubtAfterAbsence({ doubt }: Pick<PageClient<Routes>, "doubt">): void {
  if (typeof document === "undefined") return;
  document.addEventListener("visibilitychange", doubt, { once: true });
}
