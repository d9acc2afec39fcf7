import * as z from "zod/mini";
import { isLoopback, parseEndpoint } from "../endpoint.ts";
import { duration, key, optionalPath, secret, section, text } from "./values.ts";

export function managerSection() {
  return section({
    address: key(
      managerAddress(),
      "",
      "Where the manager is: wss://host, https://host or host:port; several, separated by commas, are tried in turn. " +
        "Empty: the agent works alone.",
    ),
    token: key(secret(), "", "Join token. Better given by token_file or AGENT_MANAGER_TOKEN than written here."),
    token_file: key(
      optionalPath(["/etc/farhand/join-token"]),
      "",
      "File with the join token, read at the first start.",
    ),
    ca_file: key(optionalPath(["/etc/farhand/ca.pem"]), "", "Certificate authority of the manager, PEM."),
    ca_fingerprint: key(
      text(["sha256:9f86d081…"]).check(
        z.refine(isFingerprint, "must be the SHA-256 of a certificate: 64 hexadecimal digits"),
      ),
      "",
      "SHA-256 of the manager's certificate authority, instead of ca_file.",
    ),
    cert_file: key(optionalPath(["/etc/farhand/agent.pem"]), "", "Client certificate, PEM; needs key_file."),
    key_file: key(optionalPath(["/etc/farhand/agent.key"]), "", "Key of the client certificate, PEM."),
    heartbeat_interval: key(
      duration({ min: "1s", example: "10s" }),
      "10s",
      "How often the agent reports to the manager.",
    ),
    reconnect_interval: key(
      duration({ min: "1s" }),
      "60s",
      "Longest wait between two tries to connect; the wait grows from 1s up to this.",
    ),
    timeout: key(duration({ min: "100ms", example: "30s" }), "30s", "Time allowed for one answer of the manager."),
  }, "The manager that this agent reports to.");
}

const MAX_ADDRESSES = 16;
const ADDRESS_FORMS = "wss://host, https://host or host:port";

function managerAddress() {
  return text(["wss://manager.example.com", "manager.example.com:9443", "wss://m1.example.com, wss://m2.example.com"])
    .check(z.check((context) => {
      const clause = addressComplaint(context.value);
      if (clause !== null) context.issues.push({ code: "custom", message: clause, input: context.value });
    }));
}

/** What is wrong with the manager's addresses, or null. */
function addressComplaint(addresses: string): string | null {
  if (addresses === "") return null;
  const each = addresses.split(",").map((address) => address.trim());
  if (each.length > MAX_ADDRESSES) return `must be ${MAX_ADDRESSES} addresses at most`;
  return each.map(oneAddressComplaint).find((complaint) => complaint !== null) ?? null;
}

function oneAddressComplaint(address: string): string | null {
  if (!address.includes("://")) {
    const endpoint = parseEndpoint(address);
    return endpoint !== null && endpoint.port > 0 && !address.startsWith(":") ? null : `must be ${ADDRESS_FORMS}`;
  }
  const url = URL.parse(address);
  if (url === null || url.hostname === "") return `must be ${ADDRESS_FORMS}`;
  const scheme = url.protocol.slice(0, -1);
  if (!["wss", "https", "ws", "http"].includes(scheme)) {
    return `must be ${ADDRESS_FORMS}`;
  }
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password; use token_file";
  if ((scheme === "ws" || scheme === "http") && !isLoopback(url.hostname)) {
    return `must be encrypted beyond this host: use ${scheme === "ws" ? "wss" : "https"}://`;
  }
  return url.search === "" && url.hash === "" ? null : "must not contain a query or fragment";
}

function isFingerprint(value: string): boolean {
  return value === "" || /^[0-9a-f]{64}$/i.test(value.replace(/^sha256:/i, "").replaceAll(":", ""));
}
