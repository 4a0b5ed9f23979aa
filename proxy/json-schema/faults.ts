/** What keeps a value from being checked. */

/** A schema that can't be checked against: its words say why, and hold nothing of a call. */
export class SchemaFault extends Error {}

/** Checking costs more than a value of that size is worth. */
export class TooMuch extends Error {}
