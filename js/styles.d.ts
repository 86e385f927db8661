/** A style sheet as the build makes it: a text with all that it imports. */
declare module "*.css" {
  const text: string;
  export default text;
}
