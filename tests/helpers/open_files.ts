/**
 * How many files of this process are open whose names the test knows. Tests of other files run in the same process at the
 * same time, so all of them would be none of a test's business. 0 where that cannot be seen.
 */
export function openFilesWith(isOurs: (path: string) => boolean): number {
  if (Deno.build.os !== "linux") return 0;
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    if (isOurs(linkOf(name))) count++;
  }
  return count;
}

function linkOf(descriptor: string): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ""; // it was closed meanwhile, such as the one by which the list was read
  }
}
