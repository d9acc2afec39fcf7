import assert from "node:assert/strict";
import { isSecretKey } from "./redact.ts";

const SECRET = [
  "password",
  "PASSWORD",
  "db_password",
  "passwordHash",
  "token",
  "accessToken",
  "refresh_token",
  "secret",
];
const MORE = [
  "client-secret",
  "Authorization",
  "cookie",
  "Set-Cookie",
  "private_key",
  "privateKey",
  "api_key",
  "X-Api-Key",
];
for (const key of [...SECRET, ...MORE, "aws_secret_access_key", "credentials"]) {
  Deno.test(`redact: ${key} is a secret`, () => assert.equal(isSecretKey(key), true));
}

for (
  const key of ["path", "token_file", "passwordFile", "tokenPath", "cookie_count", "key", "public_key", "author", ""]
) {
  Deno.test(`redact: "${key}" is none`, () => assert.equal(isSecretKey(key), false));
}
