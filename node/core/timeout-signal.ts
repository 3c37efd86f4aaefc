/**
 * As `AbortSignal.timeout`, for `AbortSignal.any`, and gone at the latest when it fires. Node (24.21) keeps a signal that
 * was combined with one of `AbortSignal.timeout` and then combined again until all it follows are gone, even if it can
 * never be heard of any more: beside a signal that lives as long as the process, that is for ever.
 *
 * @param ms - Until it aborts, with a `TimeoutError` as its reason.
 */
export function timeoutSignal(ms: number): AbortSignal {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
    ms,
  );
  timer.unref();
  return late.signal;
}
