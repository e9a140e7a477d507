// Words in other languages than the page's.

// A word for a POSIX shell.
export const shell = (text) => (/^[\w./:=#-]+$/.test(text) && !text.startsWith("#") ? text : /[\n\t\\']/.test(text)
  ? `$'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}'` : `'${text}'`);

export const csharp = (text) => JSON.stringify(text);
export const xml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
