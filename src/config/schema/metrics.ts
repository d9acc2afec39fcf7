import * as z from "zod/mini";
import { duration, key, listenAddress, optionalPath, section, text } from "./values.ts";

export function metricsSection() {
  return section({
    listen: key(
      listenAddress(),
      "",
      "Address that serves /metrics and nothing else, host:port; empty for off. The control API has /metrics as well.",
    ),
    token_file: key(
      optionalPath(["/etc/farhand/metrics-token"]),
      "",
      "File with the token that whoever asks there must send. Empty: anybody may ask.",
    ),
    otlp: section({
      endpoint: key(
        text(["https://otel.example.com:4318/v1/metrics"]).check(
          z.refine(isHttpUrl, 'must be an http or https URL, such as http://127.0.0.1:4318/v1/metrics, or "" for off'),
        ),
        "",
        "URL to which the metrics are sent as OTLP over HTTP; empty for off.",
      ),
      headers_file: key(
        optionalPath(["/etc/farhand/otlp-headers"]),
        "",
        "File with headers to send, `Name: value` a line.",
      ),
      interval: key(duration({ min: "1s" }), "60s", "How often they are sent."),
      timeout: key(duration({ min: "100ms" }), "10s", "Time allowed for one answer."),
    }, "OpenTelemetry."),
  }, "How the measurements are given to other systems.");
}

function isHttpUrl(value: string): boolean {
  const protocol = value === "" ? "http:" : URL.parse(value)?.protocol;
  return protocol === "http:" || protocol === "https:";
}
