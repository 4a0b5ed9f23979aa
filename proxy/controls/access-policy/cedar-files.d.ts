/** Policies in a separate file, imported as text: `import rules from './rules.cedar';` */
declare module '*.cedar' {
  const text: string;
  export default text;
}
