import { AppError } from "../../../core/mod.ts";
import type { Client } from "./client.ts";
import { ipBytes } from "../../../platform/mod.ts";

export interface OwnNamesOptions {
  readonly origins: () => readonly string[];
  readonly hostNames: () => readonly string[];
}

/** Under which names the manager may be asked, and for the pages of which origins a browser may ask it. */
export class OwnNames {
  readonly #options: OwnNamesOptions;

  constructor(options: OwnNamesOptions) {
    this.#options = options;
  }

  /**
   * A browser says for whose page it asks. That page must be the manager's own: of one of its origins, or of the very
   * address that the request goes to. Programs send no origin; they are not driven by a web page.
   */
  checkOrigin(request: Pick<Request, "headers" | "url">, client: Client): void {
    const given = request.headers.get("origin");
    if (given === null) return;
    const origin = URL.parse(given);
    const isOwn = origin !== null && origin.origin !== "null" &&
      (isAddressed(origin, request, client) || this.#options.origins().some((own) => originOf(own) === origin.origin));
    if (isOwn) return;
    throw new AppError(
      "forbidden",
      "Requests from web pages of another origin are not accepted; if this page is the manager's, name its address in the manager's origins",
    );
  }

  /**
   * For what comes from this machine itself: a foreign name that leads here was made to by the page of a stranger,
   * which the browser on this machine then takes for its own.
   */
  checkHost(request: Pick<Request, "headers" | "url">): void {
    const asked = URL.parse(`http://${hostOf(request)}`)?.hostname;
    if (asked !== undefined && this.#isOwnName(asked)) return;
    throw new AppError(
      "forbidden",
      "The Host header does not name this manager; use localhost, or add the name to the manager's origins, or its proxy to the trusted ones",
    );
  }

  #isOwnName(name: string): boolean {
    if (name === "localhost" || name.endsWith(".localhost")) return true;
    if (ipBytes(name.replace(/^\[|\]$/g, "")) !== null) return true; // an address cannot be made to lead elsewhere
    const { origins, hostNames } = this.#options;
    return origins().some((own) => URL.parse(own)?.hostname === name) ||
      hostNames().some((own) => own.toLowerCase() === name);
  }
}

/**
 * A page that came by http is no origin of a manager that is reached by https: whoever sits in between could have
 * written it. The other way round some proxy has ended TLS without telling.
 */
function isAddressed(origin: URL, request: Pick<Request, "headers" | "url">, { isSecure }: Client): boolean {
  if (origin.protocol !== "https:" && (isSecure || origin.protocol !== "http:")) return false;
  return URL.parse(`${origin.protocol}//${hostOf(request)}`)?.host === origin.host;
}

/** HTTP/2 has no such header; what it has instead is in the URL. */
function hostOf(request: Pick<Request, "headers" | "url">): string {
  return request.headers.get("host") ?? URL.parse(request.url)?.host ?? "";
}

function originOf(text: string): string | undefined {
  return URL.parse(text)?.origin;
}
