/**
 * File systems whose files are made up by the kernel as they are read, and act on it as they are written. Their sizes say
 * nothing, some of them never end or keep their reader waiting, and one is all memory. include/uapi/linux/magic.h
 */
export const KERNEL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x6265_6572, // sysfs
  0x6462_6720, // debugfs
  0x7472_6163, // tracefs
  0x7363_6673, // securityfs
  0x0027_e0eb, // cgroup
  0x6367_7270, // cgroup2
  0x6265_6570, // configfs
  0xcafe_4a11, // bpf
  0x6165_676c, // pstore
  0xde5e_81e4, // efivarfs
  0xf97c_ff8c, // selinuxfs
  0x4341_5d53, // smackfs
  0x4249_4e4d, // binfmt_misc
  0x6e73_6673, // nsfs
  0x6573_5543, // fusectl
  0x0765_5821, // resctrl
  0x1980_0202, // mqueue
  0x1cd1, // devpts
]);
