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
 * `connections/` keeps a server that anybody can reach from being drowned in connections: whoever has a listener gives
 * it a `ConnectionGuard`.
 *
 * `outgoing/` is the other direction: one request on a connection of its own, and the words of what went wrong, for
 * whoever checks that something answers. The client of our own API is `ApiClient`.
 *
 * May import: core, log, protocol, platform; hono and zod.
 *
 * @module
 */
export { ApiClient, type ApiRequest, type EventsRequest, type RawRequest } from "./client.ts";
export type { ServerEvent } from "./event_reader.ts";
export { type EventStream, type EventStreamOptions, openEventStream } from "./event_stream.ts";
export { jsonLines, type JsonLinesOptions } from "./json_lines.ts";
export { LineReader } from "./line_reader.ts";
export { durationOf, sinceOf, timeOf, wholeNumberOf } from "./query_values.ts";
export {
  Answer,
  type AnyRoute,
  defineRawRoute,
  defineRoute,
  type Handled,
  type Parsed,
  type RawInput,
  type RawRoute,
  type Route,
  type RouteInput,
  type RouteKnock,
  type Schema,
} from "./route.ts";
export { type Answered, buildApp, type BuildAppOptions } from "./app.ts";
export { openApiDocument, type OpenApiOptions } from "./openapi.ts";
export {
  type Access,
  type Admission,
  bearerGate,
  type Connection,
  equalInConstantTime,
  type Gate,
  type SyncGate,
  tcpGate,
  trustedGate,
} from "./gate.ts";
export { ConnectionGuard, type ConnectionGuardOptions } from "./connections/connection_guard.ts";
export { dropSocket } from "./connections/visitor.ts";
export { upgradeToWebSocket } from "./connections/web_socket.ts";
export { localClient, type LocalEndpoint, localEndpoint } from "./local_endpoint.ts";
export { createLocalServer, type LocalServerOptions } from "./local_server.ts";
export { type ToldFailure, toldFailure } from "./told_failure.ts";
export { readTokenFile, readTokenFileSync } from "./token_file.ts";
export { type ByteStream, usingStream } from "./outgoing/byte_stream.ts";
export {
  type Authority,
  authorityOf,
  certificatesIn,
  fetchAuthority,
  isSameFingerprint,
} from "./outgoing/authority.ts";
export { certificateEnd, openUnverified } from "./outgoing/certificate.ts";
export { connectTcp, startTls, type TlsOptions } from "./outgoing/connect.ts";
export { createDirectClient } from "./outgoing/direct_client.ts";
export { CheckFailure, expiryOf, failureWords, isCertificateFailure } from "./outgoing/failure_words.ts";
export { exchange, type HttpAnswer } from "./outgoing/http_exchange.ts";
export { endOfHead } from "./outgoing/http_head.ts";
export { clientProxy, type ProxyAddress, proxyFor } from "./outgoing/proxy.ts";
export { basicAuthorization, isLoopbackHost, type ServerAddress, serverOf } from "./outgoing/web_address.ts";
export type { ListenAddress, TcpAddress, TlsIdentity } from "./listening.ts";
export { createHttpServer, type HttpServerOptions } from "./server.ts";
