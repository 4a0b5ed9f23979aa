/**
 * `node:crypto` for code that every start loads, but that most starts don't use before their first call: the module costs
 * 0.6 MB and 5 ms. A chunk that is loaded later may import it.
 */
export const crypto = () => process.getBuiltinModule('node:crypto');
