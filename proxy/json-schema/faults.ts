/** Reasons why a value can't be checked. */

/** The schema can't be used. The message says why and holds nothing from a call. */
export class SchemaFault extends Error {}

/** The check takes more steps than allowed for a value of that size. */
export class TooMuch extends Error {}
