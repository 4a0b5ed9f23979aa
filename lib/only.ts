/**
 * `T` without unread members: `rest satisfies Only<T, typeof rest>` doesn't compile if `rest` has a member that `T`
 * doesn't have.
 */
export type Only<T, Given> = T & Readonly<Partial<Record<Exclude<keyof Given, keyof T>, never>>>;
