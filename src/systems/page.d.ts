/** A system's README.md as text: in the bundle, it is part of a file that is loaded when somebody asks for help. */
declare module '*.md?raw' {
  const text: string
  export default text
}
