/** Cedar's own error messages in one line. */
export function words(
  errors: readonly {
    readonly message: string;
    readonly help: string | null;
    readonly sourceLocations?: readonly { readonly label: string | null }[];
  }[],
): string {
  return errors
    .map(({ message, help, sourceLocations = [] }) =>
      [message, ...sourceLocations.flatMap(({ label }) => label ?? []), ...(help === null ? [] : [help])]
        .join('; ')
        .replaceAll(/\s+/g, ' '),
    )
    .join('; ');
}
