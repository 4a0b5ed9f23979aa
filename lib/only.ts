/**
 * `T` without members that nothing would read: `rest satisfies Only<T, typeof rest>` doesn't compile where `rest` has
 * one that `T` doesn't know.
 */
export type Only<T, Given> = T & Readonly<Partial<Record<Exclude<keyof Given, keyof T>, never>>>;
