import * as z from "zod/mini";
import { type ErrorCode, ERRORS } from "../core/mod.ts";
import type { AnyRoute, Schema } from "./route.ts";

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly routes: readonly AnyRoute[];
  /** What the API is and how to begin with it; Markdown. */
  readonly description?: string;
  /** The headings that routes name, in their order. */
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
  /** Ways to say who asks; any of them opens an owner's route. A bearer token when absent. */
  readonly securitySchemes?: Readonly<Record<string, object>>;
  /** What any route may answer with, besides what the kit itself does. */
  readonly commonErrors?: readonly ErrorCode[];
}

const ANY_METHODS = ["get", "post", "put", "patch", "delete"] as const;
const BEARER = { token: { type: "http", scheme: "bearer" } };
const ERROR = { $ref: "#/components/schemas/Error" };

/** An OpenAPI 3.1 document of these routes, from the same schemas that check their requests. */
export function openApiDocument(options: OpenApiOptions): object {
  const { title, version, description, tags, securitySchemes = BEARER } = options;
  const paths: Record<string, Record<string, object>> = {};
  for (const route of options.routes) {
    const methods = route.method === "ANY" ? ANY_METHODS : [route.method.toLowerCase()];
    for (const method of methods) {
      paths[route.path] = { ...paths[route.path], [method]: operation(route, method, options) };
    }
  }
  return {
    openapi: "3.1.0",
    info: { title, version, ...(description === undefined ? {} : { description }) },
    ...(tags === undefined ? {} : { tags }),
    paths,
    components: {
      securitySchemes,
      schemas: { Error: envelopeSchema({ description: "What else is known about the failure." }) },
    },
  };
}

function operation(route: AnyRoute, method: string, { securitySchemes = BEARER, commonErrors = [] }: OpenApiOptions) {
  const isOwners = route.access === "owner" || route.checksCaller === true;
  const { description, tags } = route;
  return {
    operationId: operationId(route, method),
    summary: route.summary,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(isOwners ? { security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })) } : {}),
    parameters: [...parameters("path", route.params), ...parameters("query", route.query)],
    ...requestBody(route, method),
    responses: {
      ...success(route),
      ...errorResponses([
        ...(isOwners ? ["unauthorized", "forbidden", "internal"] as const : ["forbidden", "internal"] as const),
        ...commonErrors,
        ...(route.params ?? route.query ?? route.body ? ["invalid_input"] as const : []),
        ...(route.body === undefined ? [] : ["too_large", "timeout"] as const),
        ...(route.errors ?? []),
      ]),
    },
  };
}

function requestBody({ body, consumes }: AnyRoute, method: string): object {
  if (body !== undefined) return { requestBody: { required: true, content: jsonContent(jsonSchema(body, "input")) } };
  if (consumes === undefined || method === "get") return {};
  return { requestBody: { content: Object.fromEntries(consumes.map((type) => [type, { schema: {} }])) } };
}

function success(route: AnyRoute): object {
  const { answers = { 200: "Done" } } = route;
  const content = answerContent(route);
  return Object.fromEntries(
    Object.entries(answers).map(([status, description]) => [status, {
      description,
      // What switches to another protocol has no body; whatever else a route says besides 200 has one of the same kind.
      content: status === "101" ? {} : content,
    }]),
  );
}

function answerContent({ response, produces = [] }: AnyRoute): object {
  if (response === undefined) {
    return Object.fromEntries(produces.map((type) => [type, { schema: isJson(type) ? {} : { type: "string" } }]));
  }
  const schema = typeof response === "function" ? response() : response;
  return jsonContent(envelopeSchema(jsonSchema(schema, "output")));
}

function isJson(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
}

function operationId(route: AnyRoute, method: string): string {
  const words = route.path.split("/").filter((word) => word !== "" && word !== "v1").map((word) =>
    word.replaceAll(/\W/g, "_")
  );
  return [method, ...words].join("_");
}

function parameters(place: "path" | "query", schema: Schema | undefined): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as ObjectSchema;
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }));
}

interface ObjectSchema {
  readonly properties?: Record<string, { readonly description?: string }>;
  readonly required?: readonly string[];
}

/** Codes that share a status stand together in its description. */
function errorResponses(codes: readonly ErrorCode[]): Record<number, object> {
  const words = new Map<number, Set<string>>();
  for (const code of codes) {
    const { http, number } = ERRORS[code];
    words.set(http, (words.get(http) ?? new Set()).add(`${code.replaceAll("_", " ")} (${number})`));
  }
  return Object.fromEntries([...words].map(([status, texts]) => [status, {
    description: [...texts].join("; "),
    content: jsonContent(ERROR),
  }]));
}

function envelopeSchema(data: object): object {
  return {
    type: "object",
    required: ["code", "msg", "data"],
    properties: { code: { type: "integer" }, msg: { type: "string" }, data },
  };
}

function jsonContent(schema: object): object {
  return { "application/json": { schema } };
}

function jsonSchema(schema: Schema, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
