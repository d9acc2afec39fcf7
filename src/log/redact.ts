/** The second net under the Secret type: keys whose name says that the value must not be seen. */

export const REDACTED = "[redacted]";

const SECRET = /password|passwd|passphrase|token|secret|authori[sz]ation|cookie|credential|privatekey|apikey|accesskey/;
/** A name such as `token_file` or `cookie_count` says something about a secret without being one. */
const ABOUT_SECRET = /(?:file|path|dir|count)$/;

/** True for `password`, `Set-Cookie`, `clientSecret`, `db_password_hash`; false for `token_file`. */
export function isSecretKey(key: string): boolean {
  const letters = key.toLowerCase().replaceAll(/[^a-z]/g, "");
  return SECRET.test(letters) && !ABOUT_SECRET.test(letters);
}
