import * as z from "zod/mini";
import { isLoopback } from "../../endpoint.ts";
import { text } from "../values.ts";

/** Where the manager listens, from its URL. */
export interface ListenUrl {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_LISTEN = "https://0.0.0.0:9443";

const FORM = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/;

/** Reads `https://0.0.0.0:9443`; null for anything else. Port 0 is a free one. */
export function parseListenUrl(value: string): ListenUrl | null {
  const [, scheme, host = "", port] = FORM.exec(value) ?? [];
  if (scheme === undefined) return null;
  const number = port === undefined ? scheme === "https" ? 443 : 80 : Number(port);
  return number > 65_535 ? null : { secure: scheme === "https", host: host.replace(/^\[|\]$/g, ""), port: number };
}

export function listenUrl() {
  return text(["https://0.0.0.0:9443", "http://127.0.0.1:8080"]).check(
    z.refine(
      (value) => parseListenUrl(value) !== null,
      "must be https:// or http:// with an address to listen on, such as https://0.0.0.0:9443",
    ),
  );
}

/** The URL by which others reach the manager, or "". */
export function publicUrl() {
  return text(["https://manager.example.com:9443"]).check(z.check((context) => {
    const clause = publicUrlComplaint(context.value);
    if (clause !== null) context.issues.push({ code: "custom", message: clause, input: context.value });
  }));
}

function publicUrlComplaint(value: string): string | null {
  if (value === "") return null;
  const url = URL.parse(value);
  const form = "must be a URL such as https://manager.example.com:9443";
  if (url === null || url.hostname === "" || !["https:", "http:"].includes(url.protocol)) return form;
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return "must be a host with its port alone, without a path: agents and browsers add theirs";
  }
  return url.protocol === "https:" || isLoopback(url.hostname)
    ? null
    : "must be encrypted beyond this host: use https://";
}

const NETWORK = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/;

/** An address, or a network such as `10.0.0.0/8`. */
export function addressOrNetwork() {
  return text(["127.0.0.1", "10.0.0.0/8"]).check(
    z.refine(isAddressOrNetwork, "must be an IP address, or a network such as 10.0.0.0/8"),
  );
}

function isAddressOrNetwork(value: string): boolean {
  const [, address = "", bits] = NETWORK.exec(value) ?? [];
  const isV4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split(".").every((part) => Number(part) <= 255);
  const isV6 = address.includes(":") && URL.canParse(`http://[${address}]`);
  return (isV4 || isV6) && (bits === undefined || Number(bits) <= (isV4 ? 32 : 128));
}
