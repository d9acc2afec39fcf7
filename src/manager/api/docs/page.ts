import { Html, html } from "./html.ts";
import { schemaText } from "./schema_text.ts";
import { STYLE } from "./style.ts";

/** What of an OpenAPI document the page shows. */
export interface Described {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: unknown;
}

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The reference page of an API: one document without scripts, made of the OpenAPI document alone. */
export function referencePage(document: Described): string {
  const { info, tags = [] } = document;
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
  );
  const groups = tags.map((tag) => ({
    tag,
    entries: entries.filter(({ operation }) => operation.tags?.includes(tag.name)),
  }))
    .filter((group) => group.entries.length > 0);
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>${info.title} API</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        <nav><b>${info.title}</b>${groups.map(({ tag, entries }) =>
          html`
            <p>${tag.name}</p>
            <ul>${entries.map(linkTo)}</ul>
          `
        )}</nav>
        <main>
    <h1>${info.title} ${info.version}</h1>
    ${(info.description ?? "").split("\n\n").map((part) => html`<p>${withCode(part)}</p>`)}
    <p><a href="/openapi.json">OpenAPI 3.1 document</a></p>
    ${groups.map(({ tag, entries }) => html`<h2>${tag.name}</h2><p>${tag.description}</p>${entries.map(section)}`)}
        </main>
      </body>
    </html>
  `.text;
}

function linkTo({ method, path, operation }: Entry): Html {
  return html`<li><a href="#${operation.operationId}">${method} ${path}</a></li>`;
}

function section({ method, path, operation }: Entry): Html {
  const { summary, description, security, parameters, requestBody, responses } = operation;
  return html`
    <section>
    <h3 id="${operation.operationId}"><span class="method">${method}</span> <code>${path}</code></h3>
    <p>${summary}.${security === undefined
      ? html`
        <span class="note">Open to all.</span>
      `
      : ""}</p>
    ${description === undefined ? "" : html`<p>${withCode(description)}</p>`}
    ${parameters.length === 0 ? "" : html`<table>${parameters.map(parameterRow)}</table>`}
    ${requestBody === undefined ? "" : html`<p class="note">Body</p>${bodies(requestBody.content)}`}
    <table>${Object.entries(responses).map(([status, response]) => responseRow(status, response.description))}</table>
    ${answerOf(responses)}
    </section>
  `;
}

function parameterRow({ name, in: place, required, description = "", schema }: Parameter): Html {
  return html`
    <tr>
      <td><code>${name}</code></td>
      <td class="note">${place}${required ? ", required" : ""}</td>
      <td>${description} <code>${schemaText(schema)}</code></td>
    </tr>
  `;
}

function responseRow(status: string, description: string): Html {
  return html`
    <tr>
      <td><code>${status}</code></td>
      <td>${description}</td>
    </tr>
  `;
}

/** What a good answer holds; those of errors are alike everywhere. */
function answerOf(responses: Operation["responses"]): Html {
  const content = responses[200]?.content;
  return content === undefined ? html`` : html`<details><summary>Answer</summary>${bodies(content)}</details>`;
}

function bodies(content: Content): Html[] {
  return Object.entries(content).map(([type, { schema }]) => {
    const text = schemaText(dataOf(schema));
    return html`<p class="note">${type}</p>${text === "any" ? "" : html`<pre>${text}</pre>`}`;
  });
}

/** The envelope is told once, at the top. */
function dataOf(schema: unknown): unknown {
  const { properties } = schema as { properties?: Record<string, unknown> };
  const isEnvelope = properties !== undefined && Object.keys(properties).join() === "code,msg,data";
  return isEnvelope ? properties.data : schema;
}

/** Text with `code` in it. */
function withCode(text: string): Html[] {
  return text.split("`").map((part, at) => at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`);
}
