/** Types of JSON values as controls get them: frozen. Types only, so that no file is loaded at start. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
