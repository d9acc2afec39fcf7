/** For each system the command that makes a host of it. The secret goes in by standard input: argv is for all to read. */
export function joinCommands(url: string, caFingerprint: string | undefined, secret: string): Record<string, string> {
  const authority = caFingerprint === undefined ? "" : ` --ca-fingerprint ${caFingerprint}`;
  const join = `join ${url}${authority} --token-file -`;
  return {
    linux: `printf %s ${secret} | sudo agent ${join}`,
    darwin: `printf %s ${secret} | sudo agent ${join}`,
    windows: `'${secret}' | .\\agent.exe ${join}`,
  };
}
