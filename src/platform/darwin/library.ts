/** The C library, which holds the calls of the kernel, of Mach and of libproc. It exists in the loader's cache only. */
export const LIBRARY = "/usr/lib/libSystem.B.dylib";
