import * as z from "zod/mini";
import { type ErrorCode, ERRORS } from "../core/mod.ts";
import type { AnyRoute, Schema } from "./route.ts";

/** An OpenAPI 3.1 document of these routes, from the same schemas that check their requests. */
export function openApiDocument(api: { title: string; version: string; routes: readonly AnyRoute[] }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of api.routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: api.title, version: api.version },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Error: envelopeSchema({ description: "What else is known about the failure." }) },
    },
  };
}

function operation(route: AnyRoute): object {
  const owner = route.access === "owner";
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(owner ? { security: [{ token: [] }] } : {}),
    parameters: [...parameters("path", route.params), ...parameters("query", route.query)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(jsonSchema(route.body, "input")) } }),
    responses: {
      200: { description: "Done", content: answerContent(route) },
      ...errorResponses(owner ? ["unauthorized", "forbidden", "internal"] : ["forbidden", "internal"]),
      ...(route.params ?? route.query ?? route.body ? errorResponses(["invalid_input"]) : {}),
      ...(route.body === undefined ? {} : errorResponses(["too_large"])),
      ...errorResponses(route.errors ?? []),
    },
  };
}

function answerContent({ response, produces = [] }: AnyRoute): object {
  if (response === undefined) return Object.fromEntries(produces.map((type) => [type, { schema: { type: "string" } }]));
  const schema = typeof response === "function" ? response() : response;
  return jsonContent(envelopeSchema(jsonSchema(schema, "output")));
}

function operationId(route: AnyRoute): string {
  const words = route.path.split("/").filter((word) => word !== "" && word !== "v1").map((word) =>
    word.replaceAll(/\W/g, "_")
  );
  return [route.method.toLowerCase(), ...words].join("_");
}

function parameters(place: "path" | "query", schema: Schema | undefined): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

interface ObjectSchema {
  readonly properties?: Record<string, object>;
  readonly required?: readonly string[];
}

function errorResponses(codes: readonly ErrorCode[]): Record<number, object> {
  return Object.fromEntries(codes.map((code) => [ERRORS[code].http, {
    description: code.replaceAll("_", " "),
    content: jsonContent({ $ref: "#/components/schemas/Error" }),
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
