/** Names of the supervisor's files in the agent's work directory. */
export const DATABASE = "agent.db";
export const KEY_FILE = "supervisor.key";
export const NOTIFY_DIR = "notify";
