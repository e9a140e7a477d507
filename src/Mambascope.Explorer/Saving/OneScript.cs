using System.Text;
using System.Text.RegularExpressions;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// Modules joined to one script: each a function that is called once and gives what it exports, in the order in which they need each other.
/// It reads the few forms of import and export that the page's own files have, each on a line of its own, and refuses others.
/// </summary>
internal static partial class OneScript
{
    /// <summary>The script.</summary>
    /// <param name="first">The module that is started.</param>
    /// <param name="read">The text of a module.</param>
    internal static string Of(string first, Func<string, string> read)
    {
        var (script, done) = (new StringBuilder(), new HashSet<string>(StringComparer.Ordinal));
        Add(first);
        return script.ToString();

        void Add(string name)
        {
            if (!done.Add(name))
            {
                return;
            }

            var text = read(name);
            foreach (Match import in Import().Matches(text))
            {
                Add(import.Groups["file"].Value);
            }

            script.Append(Module(name, text));
        }
    }

    private static string Module(string name, string text)
    {
        var exported = Export().Matches(text).Select(export => export.Groups["name"].Value).ToArray();
        var body = Export().Replace(
            Import().Replace(text, import => import.Groups["all"] is { Success: true, Value: var all }
                ? $"const {all} = {Variable(import.Groups["file"].Value)};"
                : $"const {{{import.Groups["some"].Value}}} = {Variable(import.Groups["file"].Value)};"),
            export => $"{export.Groups["kind"].Value} {export.Groups["name"].Value}");
        return Other().Match(body) is { Success: true, Value: var other }
            ? throw new InvalidOperationException($"{name}: the page cannot be saved with {other}")
            : $"const {Variable(name)} = (() => {{\n{body}\nreturn {{ {string.Join(", ", exported)} }};\n}})();\n";
    }

    private static string Variable(string file) => $"${Path.GetFileNameWithoutExtension(file)}";

    [GeneratedRegex(
        """^import (\* as (?<all>\w+)|\{(?<some>[\w, ]+)\}) from "\./(?<file>\w+\.js)";$""",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Import();

    [GeneratedRegex(
        @"^export (?<kind>const|async function|function|class) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Export();

    // What is not read here, and what would end the element that the script is in.
    [GeneratedRegex(
        @"^(import|export)\b.*|\bimport\(|</script|<!--",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Other();
}
