const ALGORITHM = "Ed25519";
const BASE64URL = { alphabet: "base64url" } as const;

/** Whether who has the private half of a key has signed a text; false for what is no key or no signature. */
export async function isSignedBy(publicKey: string, text: string, signature: string): Promise<boolean> {
  try {
    const raw = Uint8Array.fromBase64(publicKey, BASE64URL);
    const key = await crypto.subtle.importKey("raw", raw, ALGORITHM, false, ["verify"]);
    const signed = Uint8Array.fromBase64(signature, BASE64URL);
    return await crypto.subtle.verify(ALGORITHM, key, signed, new TextEncoder().encode(text));
  } catch {
    return false; // bytes that no key or signature has, which is no better than a wrong one
  }
}
