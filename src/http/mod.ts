/**
 * http (L2): what every HTTP API of the program is made with. A route is a value (`defineRoute`); `buildApp` turns a
 * list of them into a Hono app with one envelope, one error map, one gate, limits, request ids and an OpenAPI document.
 *
 * Lifecycle: an app is stateless; `createHttpServer` gives a component that binds it to a Unix socket or a TCP address
 * and, when stopped, finishes the requests under way before it lets go.
 *
 * To add one more route: write it with `defineRoute` in the part that owns it and put it into that part's `routes`
 * list. Its schema lives in protocol/. Access is `owner` unless anybody who can reach the address may use it.
 *
 * May import: core, log, protocol, platform; hono and zod.
 *
 * @module
 */
export { ApiClient, type ApiRequest, type EventsRequest } from "./client.ts";
export type { ServerEvent } from "./event_reader.ts";
export { type AnyRoute, defineRawRoute, defineRoute, type RawRoute, type Route, type RouteInput } from "./route.ts";
export { buildApp, type BuildAppOptions } from "./app.ts";
export { openApiDocument } from "./openapi.ts";
export { type Access, bearerGate, type Gate, tcpGate, trustedGate } from "./gate.ts";
export { localClient, type LocalEndpoint, localEndpoint } from "./local_endpoint.ts";
export { readTokenFile } from "./token_file.ts";
export { createHttpServer, type HttpServerOptions, type ListenAddress } from "./server.ts";
