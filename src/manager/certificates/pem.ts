import type { Bytes } from "./der_writer.ts";

const LINE = 64;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

export interface PemBlock {
  /** CERTIFICATE, PRIVATE KEY, EC PRIVATE KEY … */
  readonly label: string;
  readonly bytes: Bytes;
  readonly text: string;
}

export function pemText(label: string, bytes: Bytes): string {
  const lines = bytes.toBase64().match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** What stands between blocks is a remark, as many programs write; a block that is not base64 is left out. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(([, label = "", base64 = ""]) => {
    try {
      const bytes = Uint8Array.fromBase64(base64.replaceAll(/\s/g, ""));
      return [{ label, bytes, text: pemText(label, bytes) }];
    } catch {
      // Base64 that is none: the file lacks that block, and whoever needs it says so.
      return [];
    }
  });
}
