/** Writes a command's input, and lets go of it when the command has ended, whether it has read it or not. */
export function feed(child: Deno.ChildProcess, text: string): void {
  const writer = child.stdin.getWriter();
  const ignore = () => {
    // Nobody reads it any more, or nobody ever did: that is the command's own affair.
  };
  writer.write(new TextEncoder().encode(text)).then(() => writer.close()).catch(ignore);
  child.status.then(() => writer.abort()).catch(ignore);
}
