/** The rules of OpenAPI 3.1 that a document of ours could break; an empty list means that it keeps them. */
export function openApiProblems(document: unknown): string[] {
  if (!isObject(document)) return ["the document is not an object"];
  const checker = new Checker(document);
  checker.check();
  return checker.problems;
}

type Json = Record<string, unknown>;

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const PLACES = ["path", "query", "header", "cookie"];
const TYPES = ["null", "boolean", "object", "array", "number", "string", "integer"];
/** Keywords of OpenAPI 3.0 that JSON Schema does not have. */
const OUTDATED = ["nullable", "example"];

class Checker {
  readonly problems: string[] = [];
  readonly #document: Json;
  readonly #operationIds = new Set<string>();

  constructor(document: Json) {
    this.#document = document;
  }

  check(): void {
    const { openapi, info, paths } = this.#document;
    this.#require(typeof openapi === "string" && /^3\.1\.\d+$/.test(openapi), "openapi is not 3.1.x");
    this.#require(isObject(info) && isText(info.title) && isText(info.version), "info lacks title or version");
    for (const [path, item] of this.#entries(paths, "paths")) this.#path(path, item);
    this.#references(this.#document, "#");
  }

  #path(path: string, item: unknown): void {
    this.#require(path.startsWith("/"), `${path} does not begin with a slash`);
    for (const [method, operation] of this.#entries(item, path)) {
      const where = `${method} ${path}`;
      this.#require(METHODS.includes(method), `${where}: no such method`);
      if (this.#require(isObject(operation), `${where}: no operation`)) this.#operation(path, operation as Json, where);
    }
  }

  #operation(path: string, operation: Json, where: string): void {
    const { operationId, parameters = [], requestBody, responses, security = [] } = operation;
    const unique = typeof operationId === "string" && /^\w+$/.test(operationId) && !this.#operationIds.has(operationId);
    this.#require(unique, `${where}: operationId ${operationId} is no name, or not unique`);
    this.#operationIds.add(String(operationId));
    this.#parameters(path, parameters, where);
    if (requestBody !== undefined) this.#content(requestBody, `${where} requestBody`);
    const answers = this.#entries(responses, `${where} responses`);
    this.#require(answers.length > 0, `${where}: no responses`);
    for (const [status, response] of answers) {
      this.#require(/^([1-5]\d\d|default)$/.test(status), `${where}: ${status} is no status`);
      this.#require(isObject(response) && isText(response.description), `${where} ${status}: no description`);
      this.#content(response, `${where} ${status}`);
    }
    const { securitySchemes } = isObject(this.#document.components) ? this.#document.components : {};
    for (const scheme of list(security).flatMap((each) => Object.keys(each ?? {}))) {
      this.#require(isObject(securitySchemes) && scheme in securitySchemes, `${where}: no security scheme ${scheme}`);
    }
  }

  #parameters(path: string, parameters: unknown, where: string): void {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const seen = new Set<string>();
    for (const parameter of list(parameters)) {
      if (!this.#require(isObject(parameter), `${where}: a parameter is not an object`)) continue;
      const { name, in: place, required, schema } = parameter as Json;
      const what = `${where}: parameter ${name}`;
      this.#require(isText(name) && PLACES.includes(String(place)), `${what} has no name or place`);
      this.#require(!seen.has(`${place} ${name}`), `${what} is there twice`);
      seen.add(`${place} ${name}`);
      this.#schema(schema, what);
      if (place === "path") {
        this.#require(required === true && inPath.includes(String(name)), `${what} is not in the path`);
      }
    }
    for (const name of inPath) this.#require(seen.has(`path ${name}`), `${where}: {${name}} is not described`);
  }

  #content(holder: unknown, where: string): void {
    const { content } = isObject(holder) ? holder : {};
    for (const [type, media] of this.#entries(content, `${where} content`)) {
      this.#require(/^\w+\/[\w.+-]+$/.test(type), `${where}: ${type} is no media type`);
      this.#schema(isObject(media) ? media.schema : undefined, `${where} ${type}`);
    }
  }

  #schema(schema: unknown, where: string): void {
    if (typeof schema === "boolean") return;
    if (!this.#require(isObject(schema), `${where}: no schema`)) return;
    const { type, required, properties = {}, additionalProperties, items, anyOf, ...others } = schema as Json;
    for (const each of list(type)) this.#require(TYPES.includes(String(each)), `${where}: no type ${each}`);
    for (const name of list(required)) {
      const isKnown = name in Object(properties) || isObject(additionalProperties);
      this.#require(isKnown, `${where}: requires unknown ${name}`);
    }
    for (const keyword of OUTDATED) this.#require(!(keyword in others), `${where}: ${keyword} is of OpenAPI 3.0`);
    for (const [name, child] of this.#entries(properties, where)) this.#schema(child, `${where}.${name}`);
    if (items !== undefined) this.#schema(items, `${where}[]`);
    for (const [index, child] of list(anyOf).entries()) this.#schema(child, `${where}|${index}`);
  }

  /** Every `$ref`, wherever it stands, must lead somewhere. */
  #references(value: unknown, where: string): void {
    if (typeof value !== "object" || value === null) return;
    for (const [name, child] of Object.entries(value)) {
      if (name === "$ref") this.#require(this.#resolves(String(child)), `${where}: ${child} leads nowhere`);
      else this.#references(child, `${where}/${name}`);
    }
  }

  #resolves(reference: string): boolean {
    let at: unknown = this.#document;
    for (const part of reference.replace(/^#\//, "").split("/")) at = isObject(at) ? at[part] : undefined;
    return at !== undefined;
  }

  #entries(value: unknown, where: string): [string, unknown][] {
    return this.#require(isObject(value), `${where} is not an object`) ? Object.entries(value as Json) : [];
  }

  #require(condition: boolean, problem: string): boolean {
    if (!condition) this.problems.push(problem);
    return condition;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

// deno-lint-ignore no-explicit-any -- the elements are checked by whoever asks
function list(value: unknown): any[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
