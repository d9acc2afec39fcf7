import { Buffer } from "node:buffer";
import { AppError, type Clock, VERSION } from "../../../core/mod.ts";
import { openApiDocument } from "../../../http/mod.ts";
import { Allowances } from "../guard/allowances.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { API_DESCRIPTION, API_TAGS, API_TITLE, SECURITY_SCHEMES } from "./description.ts";
import { type Described, referencePage } from "./page.ts";
import { STYLE } from "./style.ts";

const TAG = { tags: ["reference"] };
/**
 * Both are long, and for everybody: who asks for them a thousand times and takes none of the answers would make the
 * manager hold each.
 */
const OFTEN_ENOUGH = { burst: 60, everyMs: 50 };

/** The OpenAPI document of all routes, these included, and a page of it for people. Each is made once, when asked for. */
export function docsRoutes(
  make: RouteMaker,
  { clock, allRoutes }: { readonly clock: Clock; readonly allRoutes: () => readonly ManagerRoute[] },
): ManagerRoute[] {
  const allowances = new Allowances(clock, OFTEN_ENOUGH);
  const take = () => {
    if (allowances.take("") !== null) return;
    throw new AppError("rate_limited", "The reference is asked for too often; try again in a second", {
      retryable: true,
    });
  };
  let document: string | null = null;
  let page: { readonly text: string; readonly policy: string } | null = null;
  const documentText = () => document ??= JSON.stringify(documentOf(allRoutes()));
  return [
    make.openRaw({
      ...TAG,
      method: "GET",
      path: "/openapi.json",
      summary: "Give this description, OpenAPI 3.1",
      produces: ["application/json"],
      errors: ["rate_limited"],
      handle: () => {
        take();
        return new Response(documentText(), { headers: { "content-type": "application/json" } });
      },
    }),
    make.openRaw({
      ...TAG,
      method: "GET",
      path: "/docs",
      summary: "Show this description as a page",
      produces: ["text/html"],
      errors: ["rate_limited"],
      handle: async () => {
        take();
        page ??= { text: referencePage(JSON.parse(documentText()) as Described), policy: await policyFor(STYLE) };
        return new Response(page.text, {
          headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": page.policy },
        });
      },
    }),
  ];
}

export function documentOf(routes: readonly ManagerRoute[]): object {
  return openApiDocument({
    title: API_TITLE,
    version: VERSION,
    description: API_DESCRIPTION,
    tags: API_TAGS,
    routes,
    securitySchemes: SECURITY_SCHEMES,
    // The gate may refuse a token wherever it is sent, and any answer may need a database that is away.
    commonErrors: ["unauthorized", "unavailable"],
  });
}

/** Nothing is loaded and nothing runs; this one style is let in by what it is. */
async function policyFor(style: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const source = `'sha256-${Buffer.from(hash).toString("base64")}'`;
  return `default-src 'none'; style-src ${source}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
