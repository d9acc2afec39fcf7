const PROXY_VARIABLES = [
  "http_proxy",
  "HTTP_PROXY",
  "https_proxy",
  "HTTPS_PROXY",
  "all_proxy",
  "ALL_PROXY",
  "no_proxy",
  "NO_PROXY",
];

/**
 * A client that goes where its options say, and nowhere that the environment's proxies would lead it: even one that is
 * given a proxy or a socket would pass it by for what NO_PROXY names. The runtime reads those variables when it makes a
 * client, and only then.
 */
export function createDirectClient(options: Deno.CreateHttpClientOptions): Deno.HttpClient {
  const set = PROXY_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  for (const [name] of set) Deno.env.delete(name);
  try {
    return Deno.createHttpClient(options);
  } finally {
    for (const [name, value] of set) if (value !== undefined) Deno.env.set(name, value);
  }
}
