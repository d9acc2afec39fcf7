/**
 * platform (L1): what differs between operating systems, behind one small API: paths, process identity and signals,
 * locks, pid files, background processes, private files, addresses, memory, facts about the host.
 *
 * Lifecycle: none of its own. Libraries are opened at the first call that needs them and stay open; locks, signal
 * listeners and child processes belong to whoever asked for them.
 *
 * How it is laid out: `<name>.ts` is the API and selects, by `select.ts`, among `<name>.linux.ts`, `<name>.darwin.ts`
 * and `<name>.windows.ts`; where Linux and macOS agree there is one `<name>.posix.ts`. `halves.ts` lists what each
 * system must supply. Foreign functions are in `posix/`, `linux/`, `darwin/` and `windows/ffi/`, one file per library:
 * first the layout constants with a link to their documentation, then typed functions; no pointer leaves those
 * folders. Everything imports cleanly on every system, because one executable embeds it all.
 *
 * To add one more: write its interface in `halves.ts`, its halves, the file that selects, tests beside them (and in
 * tests/windows for what only Windows can show), and an export here. What a system cannot do is `unsupported` or null,
 * never a guess. May import: core.
 *
 * @module
 */
export type {
  CgroupController,
  CgroupSupport,
  CgroupView,
  CommandGroup,
  CommandOptions,
  DetachedProcess,
  ExitStatus,
  FileSystemUse,
  InstanceLock,
  IpFamily,
  KernelClock,
  Launcher,
  LaunchOptions,
  LogSurgery,
  MemoryTrimmer,
  ObservedExit,
  OpenFileLimit,
  OpenLog,
  OwnConnections,
  PingResult,
  ProcessIdentity,
  ProcessLookup,
  ProcessRow,
  ProcessTree,
  Pty,
  PtyOptions,
  Ptys,
  SignalResult,
  SpawnOptions,
  SurgeryResult,
} from "./halves.ts";
export { type AccountNames, accountNames } from "./account_names.ts";
export { beneath } from "./beneath.ts";
export {
  type Beneath,
  type FileFacts,
  type FileKind,
  type Folder,
  type FolderEntry,
  identityOf,
  ITSELF,
  type Place,
  type Rights,
} from "./beneath_contract.ts";
export { fileFailure } from "./beneath_errors.ts";
export { type DarwinMeasures, darwinMeasures } from "./darwin/measures.ts";
export type { CoreTimes, PageCounts } from "./darwin/mach.ts";
export type { InterfaceCounters } from "./darwin/interfaces.ts";
export type { Mount as DarwinMount } from "./darwin/mounts.ts";
export type { ProcessFacts as DarwinProcess } from "./darwin/processes.ts";
export { commandEnvironment, spawnCommand } from "./command_group.ts";
export {
  type BatteryState,
  type DiskCounters,
  type InterfaceRow as WindowsInterface,
  type PerformanceCounters,
  type PowerStatus,
  type ProcessorTimes,
  type ProcessRecord as WindowsProcess,
  type TcpState,
  type UnicastAddress,
  type Volume,
  type VolumeUse,
  type WindowsMeasures,
  windowsMeasures,
} from "./windows/measures.ts";
export { dropWebSocket } from "./drop_web_socket.ts";
export { fileError } from "./file_error.ts";
export { fileExists } from "./file_exists.ts";
export { fileSystemUse } from "./file_system_use.ts";
export { ensurePrivateDir, isPrivate, writePrivateFile } from "./file_rights.ts";
export { CGROUP_CONTROLLERS, noCgroups } from "./cgroup_absence.ts";
export { cgroupSupport } from "./cgroup_support.ts";
export { clockSynchronised, freeSpaceBytes, isPrivileged, openFileLimit } from "./host_facts.ts";
export { type HostLookup, lookUpHost } from "./host_lookup.ts";
export { acquireLock } from "./instance_lock.ts";
export { ipBytes, isLoopback, networkOf, normalIp } from "./ip_address.ts";
export { ipText } from "./ip_text.ts";
export { currentBoot } from "./current_boot.ts";
export { missingLaunchTools } from "./launch_tools.ts";
export { loginAccount, userAccount } from "./user_account.ts";
export { createLauncher } from "./launcher.ts";
export {
  type InterfaceAddress,
  type LocalAddresses,
  localAddresses,
  type LocalAddressOptions,
  type PrimaryAddress,
} from "./local_addresses.ts";
export { kernelClock } from "./kernel_clock.ts";
export {
  countTcpSockets,
  type KernelAddress,
  kernelAddresses,
  type LinkWatch,
  watchLinks,
} from "./kernel_network.linux.ts";
export { logSurgery } from "./log_surgery.ts";
export { ownConnections } from "./own_connections.ts";
export { plainLogSurgery } from "./plain_log_surgery.ts";
export { createMemoryTrimmer } from "./memory_trimmer.ts";
export { onSignal, onTerminalResize, type SignalHandlers } from "./os_signals.ts";
export {
  type Account,
  currentAccount,
  type DefaultPaths,
  defaultPaths,
  loginPath,
  pathsUnder,
  type ProgramName,
  type RuntimePaths,
} from "./paths.ts";
export { type PidFile, readPidFile, removePidFile, writePidFile } from "./pid_file.ts";
export { ping } from "./ping.ts";
export {
  isSameProcess,
  processIdentity,
  signalProcess,
  waitForExit,
  type WaitForExitOptions,
} from "./process_identity.ts";
export { createPtys, ptyTrouble } from "./pty.ts";
export { type CommandLimits, type CommandRun, runCommand } from "./run_command.ts";
export { rawOutput } from "./raw_output.ts";
export { runAsLine } from "./run_as_line.ts";
export { processLookup } from "./process_lookup.ts";
export { currentOs, type Os, select } from "./select.ts";
export { type SelfFacts, type SelfProgram, selfProgram } from "./self_program.ts";
export { giveSocketTo } from "./socket_owner.ts";
export { systemAuthorities } from "./system_authorities.ts";
export { spawnDetached } from "./spawn_detached.ts";
