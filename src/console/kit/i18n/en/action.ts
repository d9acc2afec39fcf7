export const action = {
  title: "{action} on {n} target|{action} on {n} targets",
  targets: "Targets",
  left_out: "Left out",
  none: "Nothing is left to do it to",
  progress: "{done} of {total} done",
  ok: "All {n} done|All {n} done",
  some_failed: "{failed} of {total} failed",
  stop: "Stop after the running ones",
  retry_failed: "Try the failed again",
  type_name: "Type {name} to confirm",
  and_more: "and {n} more",
};
