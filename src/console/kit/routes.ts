import { type ConsolePage, consolePlace, MISSING_PAGE } from "../../protocol/mod.ts";

/** Which page an address shows; the manager serves the console at these addresses, by the same list. */

export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

export type PageName = ConsolePage | typeof MISSING_PAGE;

export interface Place {
  readonly page: PageName;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export function placeOf({ path, query }: Address): Place {
  const { page, params } = consolePlace(path) ?? { page: MISSING_PAGE, params: {} };
  return { page, path, params, query };
}
