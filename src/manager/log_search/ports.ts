/** What searching needs of the hosts; compose supplies it. */
export interface HostsPort {
  /** Asks the host's own control API; `host_offline` at once when there is no tunnel. */
  fetch(hostId: string, request: Request, options?: { readonly headTimeoutMs?: number }): Promise<Response>;
}
