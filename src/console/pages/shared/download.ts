const KEEP_MS = 60_000;

/** Hands a text to the browser as a file. */
export function downloadText(name: string, text: string, type = "text/plain;charset=utf-8"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  downloadUrl(url, name);
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}

export function downloadUrl(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = safeFileName(name);
  document.body.append(link);
  link.click();
  link.remove();
}

/** What a host says of itself is no good name for a file. */
export function safeFileName(name: string): string {
  const safe = name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "").slice(0, 100);
  return safe === "" ? "download" : safe;
}
