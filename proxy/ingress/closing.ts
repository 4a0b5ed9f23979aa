/** How far the server's end has come. */
export interface Closing {
  /** No more connections are accepted, and each open one ends with its next reply. */
  begun: boolean;
  /** Calls that are still under way are cut. */
  cut: boolean;
}

export const OPEN: Closing = { begun: false, cut: false };
