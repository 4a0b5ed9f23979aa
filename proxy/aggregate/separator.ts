/** Between a prefix and a name, as AgentCore Gateway writes it. */
export const SEPARATOR = '___';
