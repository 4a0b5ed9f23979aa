/**
 * Types of the values of JSON, as they are handed to controls: frozen. Types only: a file that is loaded would be one
 * more at each start.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
