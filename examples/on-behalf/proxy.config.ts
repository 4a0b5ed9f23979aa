/** Callers bring a token for this proxy; the server behind it gets one for itself, in the caller's name. */
import { defineProxy, jwks } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

// Yours is a constant: here the issuer is one that run.ts starts on a free port.
const issuer = process.env['ISSUER'] ?? 'https://login.example.com';

export default defineProxy({ caller: jwks({ issuer, audience: 'proxy' }), controls: [audit()] });
