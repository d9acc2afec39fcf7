import assert from "node:assert/strict";
import { checkNewPassword, checkUserName, normalPassword } from "./rules.ts";

Deno.test("passwords that are too easily guessed are refused, others are not", () => {
  for (const good of ["correct horse", "пароль-пароль", "a1b2c3d4e5f6", "x".repeat(250) + "abcdef"]) {
    checkNewPassword(good, "anna");
  }
  const bad = [
    "",
    "short",
    "elevenchars",
    "aaaaaaaaaaaaaaa",
    "abababababab",
    "half\ud800character",
    "x1y2z".repeat(100),
  ];
  for (const each of bad) assert.throws(() => checkNewPassword(each, "anna"), { code: "invalid_input" }, each);
  assert.throws(() => checkNewPassword("Anna.Long-Name", "anna.long-name"), { code: "invalid_input" });
});

Deno.test("a password is not in the message that refuses it", () => {
  assert.throws(() => checkNewPassword("hunter2", "anna"), (error) => !String(error).includes("hunter2"));
});

Deno.test("one password typed in two ways is one, and its length is bounded before anything is done with it", () => {
  assert.equal(normalPassword("pa\u0308ssword"), normalPassword("p\u00e4ssword"));
  assert.equal(normalPassword("x".repeat(257)), null);
  assert.equal(normalPassword("x".repeat(10_000_000)), null);
  // Decomposed it is longer than it is.
  assert.equal(normalPassword("a\u0308".repeat(200))?.length, 200);
});

Deno.test("user names are plain, and none that the audit means something else by", () => {
  for (const good of ["anna", "a", "0x", "anna.b-c_d@example.com", "x".repeat(64)]) checkUserName(good);
  for (const bad of ["", "Anna", "-a", ".a", "a b", "a/b", "token:x", "x".repeat(65), "ä", "local", "system"]) {
    assert.throws(() => checkUserName(bad), { code: "invalid_input" }, bad);
  }
});
