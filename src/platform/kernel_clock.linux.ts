import type { KernelClock } from "./halves.ts";
import { libc, type Timex } from "./linux/libc.ts";

// https://man7.org/linux/man-pages/man2/adjtimex.2.html
const TIME_ERROR = 5;
const STA_NANO = 0x2000;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** Frequencies are in parts per million with a fraction of 16 bits. */
const SCALED_PPM = 65_536 * 1e6;
/** The kernel itself keeps an offset within half a second; virtual machines are known to tell one of 2^32 ns. */
const LARGEST_OFFSET_SECONDS = 1;

export function linuxKernelClock(): KernelClock | null {
  const timex = libc.clock();
  return typeof timex === "number" ? null : describeClock(timex);
}

/** Brings the kernel's numbers to seconds and ratios. Whether offset and jitter are in micro- or nanoseconds varies. */
export function describeClock(timex: Timex): KernelClock {
  const fine = (timex.status & STA_NANO) === 0 ? MICROSECONDS : NANOSECONDS;
  const offsetSeconds = timex.offset / fine;
  return {
    synchronised: timex.state !== TIME_ERROR,
    ...(Math.abs(offsetSeconds) <= LARGEST_OFFSET_SECONDS ? { offsetSeconds } : {}),
    values: {
      estimated_error_seconds: timex.estimatedError / MICROSECONDS,
      frequency_adjustment_ratio: 1 + timex.frequency / SCALED_PPM,
      loop_time_constant: timex.constant,
      maxerror_seconds: timex.maxError / MICROSECONDS,
      pps_calibration_total: timex.ppsCalibrations,
      pps_error_total: timex.ppsErrors,
      pps_frequency_hertz: timex.ppsFrequency / SCALED_PPM,
      pps_jitter_seconds: timex.ppsJitter / fine,
      pps_jitter_total: timex.ppsJitterExceeded,
      pps_shift_seconds: timex.ppsShift,
      pps_stability_exceeded_total: timex.ppsStabilityExceeded,
      pps_stability_hertz: timex.ppsStability / SCALED_PPM,
      status: timex.status,
      tai_offset_seconds: timex.tai,
      tick_seconds: timex.tick / MICROSECONDS,
    },
  };
}
