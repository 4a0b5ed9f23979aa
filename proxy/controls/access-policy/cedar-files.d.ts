/** Policies in a file of their own, imported as text: `import rules from './rules.cedar';` */
declare module '*.cedar' {
  const text: string;
  export default text;
}
