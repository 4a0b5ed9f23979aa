import { readMessage } from '../proxy/message.ts';
const time = (name: string, text: string) => { const t = performance.now(); let r = ''; try { readMessage(text, 128); r='ok'; } catch (e) { r = String(e).slice(0, 80); } console.log(name, (text.length/1e6).toFixed(1)+'MB', (performance.now() - t).toFixed(1), r); };
const N = 400_000;
const keys = (n: number) => Array.from({ length: n }, (_, i) => `"${i.toString(36)}":0`).join(',');
const ukeys = (n: number) => Array.from({ length: n }, (_, i) => `"\\u0041${i.toString(36)}":0`).join(',');
for (let i = 0; i < 2; i++) {
time('plain array', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":[${'0,'.repeat(2_000_000)}0]}}`);
time('env keys', `{"jsonrpc":"2.0","id":1,"method":"x",${keys(N)}}`);
time('param keys', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a",${keys(N)}}}`);
time('escaped keys', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{${ukeys(N*0.6)}}}}`);
time('meta keys', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{${keys(N)}}}}`);
time('quotes', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${'\\"'.repeat(2_000_000)}"}}`);
time('mixed', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${(' '.repeat(30)+'\\\\').repeat(130_000)}"}}`);
time('far quote', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${('a'.repeat(25)+'\\n').repeat(150_000)}"}}`);
time('id', `{"jsonrpc":"2.0","id":${'1'.repeat(4_000_000)},"method":"x"}`);
time('idbad', `{"jsonrpc":"2.0","id":${'1'.repeat(4_000_000)}.5,"method":"x"}`);
time('spaces', `${' '.repeat(4_000_000)}{"jsonrpc":"2.0","id":1,"method":"x"}`);
time('trunc', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${'\\n'.repeat(2_000_000)}`);
}
