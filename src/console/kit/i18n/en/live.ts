export const live = {
  live: "Live",
  connecting: "Connecting…",
  lost: "Connection lost",
  lost_retry: "Connection lost, trying again in {n} s",
  lost_trying: "Connection lost, trying again…",
  retry_now: "Try now",
  stale: "What is shown may be out of date.",
};
