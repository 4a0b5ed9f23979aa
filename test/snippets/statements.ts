/** Cuts a block of shell commands into statements: a line, with what its quotes and backslashes continue. */

/** Without comments and empty lines. */
export function statementsOf(block: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const line of block.split('\n')) {
    if (open === '' && /^\s*(?:#|$)/.test(line)) continue;
    open += open === '' ? withoutComment(line) : `\n${line}`;
    if (isOpen(open)) continue;
    statements.push(open);
    open = '';
  }
  if (open.trim() !== '') throw new Error(`a command without an end: ${open}`);
  return statements;
}

function isOpen(text: string): boolean {
  return text.endsWith('\\') || quoteAt(text) !== undefined;
}

/** The quote that is open at the end of a text. */
function quoteAt(text: string): string | undefined {
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\\' && quote !== "'") i++;
    else if (quote === undefined && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = undefined;
  }
  return quote;
}

function withoutComment(text: string): string {
  const found = /\s+#\s/.exec(text);
  return found === null || quoteAt(text.slice(0, found.index)) !== undefined ? text : text.slice(0, found.index);
}
