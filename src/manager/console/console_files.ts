import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, constants, gzip } from "node:zlib";
import { consolePlace, MISSING_PAGE } from "../../protocol/mod.ts";

/** Where in the archive a file is. */
export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  readonly offset: number;
  readonly bytes: number;
}

/** As the build has left them. */
export interface ConsoleAssets {
  /** By path below `/assets/`, with a name that changes with what it holds; documents by the name of their page. */
  readonly files: Readonly<Record<string, ConsoleFile>>;
  /** All of them in a row, brotli in base64: together they are smallest, and few who run this program need them. */
  readonly archive: string;
}

export interface ConsoleFilesOptions {
  /** Null where there are none, because they were not built. */
  readonly load: () => Promise<ConsoleAssets | null>;
  /** Whether somebody at this address may be answered now; what he could make us hold is long. */
  readonly take: (address: string) => boolean;
  /** Of a map that cannot be read; whoever asked is told that it is so. */
  readonly onFailure: (error: unknown) => void;
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** What has been unpacked of some assets, and packed again one by one as browsers take it. */
interface Unpacked {
  readonly of: ConsoleAssets;
  readonly all: Promise<Bytes>;
  readonly gzipped: Map<string, Promise<Bytes>>;
}

const ASSETS = "/assets/";
/** Its name is another one as soon as it holds something else. */
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_EACH_TIME = "no-cache";
/** Far more than a console weighs. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Nothing from elsewhere, nothing inline, no frames, no forms that go anywhere, no text that becomes markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");
const DOCUMENT_HEADERS = {
  "content-security-policy": POLICY,
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
} as const;
const NOT_BUILT =
  "The console was not built into this manager. From a checkout: run `deno task console`, then reload.\n";
const BROKEN = "The console of this manager cannot be read; its log says why.\n";
const TOO_OFTEN = "The console is asked for too often from this address; try again in a second.\n";

/** Answers for the console, and for nothing else. */
export class ConsoleFiles {
  readonly #options: ConsoleFilesOptions;
  #unpacked: Unpacked | null = null;

  constructor(options: ConsoleFilesOptions) {
    this.#options = options;
  }

  /** Null for what is not the console's: the API answers that. */
  answer(request: Request, address: string): Promise<Response> | null {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    const { pathname } = new URL(request.url);
    const path = pathname.startsWith(ASSETS) ? pathname : consolePlace(pathname)?.page;
    return path === undefined ? null : this.#safely(request, address, path, 200);
  }

  /** Where nothing is: the console's page that says so, for who goes there with a browser. Null for programs. */
  missing(request: Request, address: string): Promise<Response> | null {
    return isNavigation(request) ? this.#safely(request, address, MISSING_PAGE, 404) : null;
  }

  async #safely(request: Request, address: string, path: string, status: number): Promise<Response> {
    try {
      return await this.#answer(request, address, path, status);
    } catch (error) {
      this.#unpacked = null;
      this.#options.onFailure(error);
      return this.#words(500, BROKEN);
    }
  }

  async #answer(request: Request, address: string, path: string, status: number): Promise<Response> {
    if (!this.#options.take(address)) return this.#words(429, TOO_OFTEN, { "retry-after": "1" });
    const assets = await this.#options.load();
    if (assets === null) return this.#words(503, NOT_BUILT);
    const file = Object.hasOwn(assets.files, path) ? assets.files[path] : undefined;
    // One of an older version, which a page that is still open asks for: the page says that it is to be reloaded.
    if (file === undefined) return this.#words(404, `There is no ${path.slice(0, 200)} in this version\n`);
    const isDocument = !path.startsWith(ASSETS);
    const takesGzip = acceptsGzip(request.headers.get("accept-encoding") ?? "");
    const headers = {
      ...this.#options.headers,
      ...(isDocument && DOCUMENT_HEADERS),
      // What is not there may be there next time, and a program is answered otherwise.
      "cache-control": status !== 200 ? "no-store" : isDocument ? ASK_EACH_TIME : FOR_EVER,
      // The same file in two encodings is two answers, which caches must be able to tell apart.
      "etag": takesGzip ? file.etag.replace(/"$/, '-gzip"') : file.etag,
      "vary": "accept-encoding",
    };
    if (status === 200 && isKnown(request, file)) return new Response(null, { status: 304, headers });
    const bytes = await this.#bytesOf(assets, path, file, takesGzip);
    const all = {
      ...headers,
      "content-type": file.type,
      "content-length": String(bytes.length),
      ...(takesGzip && { "content-encoding": "gzip" }),
    };
    return new Response(request.method === "HEAD" ? null : bytes, { status, headers: all });
  }

  async #bytesOf(assets: ConsoleAssets, path: string, file: ConsoleFile, takesGzip: boolean): Promise<Bytes> {
    if (this.#unpacked?.of !== assets) this.#unpacked = { of: assets, all: unpack(assets), gzipped: new Map() };
    const { all, gzipped } = this.#unpacked;
    if (!takesGzip) return slice(await all, file);
    const found = gzipped.get(path) ?? all.then((bytes) => packed(slice(bytes, file)));
    gzipped.set(path, found);
    return await found;
  }

  #words(status: number, text: string, more: Record<string, string> = {}): Response {
    const type = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
    return new Response(text, { status, headers: { ...this.#options.headers, ...type, ...more } });
  }
}

async function unpack({ archive, files }: ConsoleAssets): Promise<Bytes> {
  const all = await promisify(brotliDecompress)(Buffer.from(archive, "base64"), { maxOutputLength: MAX_BYTES });
  const wanted = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  if (all.length !== wanted) throw new Error(`the archive holds ${all.length} bytes, its files are ${wanted}`);
  return Uint8Array.from(all);
}

async function packed(bytes: Bytes): Promise<Bytes> {
  return Uint8Array.from(await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
}

function slice(all: Bytes, { offset, bytes }: ConsoleFile): Bytes {
  return all.subarray(offset, offset + bytes);
}

/** Browsers say it themselves where the connection is to be trusted; elsewhere only they ask for HTML. */
function isNavigation({ method, headers }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept") ?? "").includes("text/html") : mode === "navigate";
}

/** Whichever encoding it is known in: it is the same file. */
function isKnown({ headers }: Request, { etag }: ConsoleFile): boolean {
  const known = headers.get("if-none-match");
  if (known === null || known.length > 4_000) return false;
  return known.split(",").some((each) => each.trim().replace(/^W\//, "").replace(/-gzip"$/, '"') === etag);
}

/** `gzip;q=0` forbids it, and `*` stands for all that are not named. */
function acceptsGzip(header: string): boolean {
  if (header.length > 1_000) return false;
  const parts = header.toLowerCase().split(",").map((part) => part.split(";").map((piece) => piece.trim()));
  const found = parts.find(([name]) => name === "gzip") ?? parts.find(([name]) => name === "*");
  return found !== undefined && !found.slice(1).some((piece) => /^q=0(\.0*)?$/.test(piece));
}
