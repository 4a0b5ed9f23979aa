/** Loads something once. After a failure, the next call loads again. */

/**
 * Returns a function that gives the value at once when it is loaded, else a promise of it that all callers share.
 * @param isFinal whether a failure would only repeat itself: it is kept, and all further calls fail with it
 */
export function loadedOnce<T extends object>(
  load: () => Promise<T>,
  isFinal: (error: unknown) => boolean = () => false,
): () => T | Promise<T> {
  let value: T | undefined;
  let loading: Promise<T> | undefined;
  const begin = async (): Promise<T> => {
    try {
      return (value = await load());
    } catch (error) {
      if (!isFinal(error)) loading = undefined;
      throw error;
    }
  };
  return () => value ?? (loading ??= begin());
}
