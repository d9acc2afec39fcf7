/** What is done with directories and files of control groups. */
export interface GroupFiles {
  /** Null when it is not there or may not be read. */
  read(path: string): string | null;
  /** Into a file that is there. */
  write(path: string, text: string): void;
  /** Names of the directories in a directory. */
  list(path: string): string[];
  /** One level; nothing when it is there. */
  makeDirectory(path: string): void;
  /** True when it is not there any more; false when something is in it, or it is not ours to take away. */
  removeDirectory(path: string): boolean;
}

export const realGroupFiles: GroupFiles = {
  read(path) {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return null; // whatever the kernel says: the file tells nothing
    }
  },
  write(path, text) {
    Deno.writeTextFileSync(path, text, { create: false });
  },
  list(path) {
    try {
      return [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    } catch {
      return []; // it is gone, or may not be read, and then nothing can be taken away from it either
    }
  },
  makeDirectory(path) {
    try {
      Deno.mkdirSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  },
  removeDirectory(path) {
    try {
      Deno.removeSync(path);
      return true;
    } catch (error) {
      return error instanceof Deno.errors.NotFound;
    }
  },
};
