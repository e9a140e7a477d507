using System.Reflection;
using System.Text;

namespace Mambascope.Tests.PublicApi;

/// <summary>The public surface with its XML comments as Markdown: a page a namespace, and a list of the pages.</summary>
internal static class ApiReference
{
    /// <summary>Pages by file name.</summary>
    public static SortedDictionary<string, string> Pages(params Assembly[] assemblies)
    {
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var list = new StringBuilder(
            "# Public API\n\nMade from the XML comments; a test keeps it up to date.\n\n| namespace | types |\n|---|---|\n");
        foreach (var assembly in assemblies)
        {
            var comments = XmlComments.Beside(assembly);
            foreach (var page in assembly.GetExportedTypes()
                .GroupBy(type => type.Namespace!)
                .OrderBy(page => page.Key, StringComparer.Ordinal))
            {
                Type[] types = [.. page.OrderBy(type => type.FullName, StringComparer.Ordinal)];
                pages.Add($"{page.Key}.md", $"# {page.Key}\n\n{string.Join('\n', types.Select(type => Section(type, comments)))}");
                list.Append(
                    $"| [{page.Key}]({page.Key}.md) | {string.Join(", ", types.Select(type => type.Name.Split('`')[0]).Distinct())} |\n");
            }
        }

        pages.Add("README.md", list.ToString());
        return pages;
    }

    private static string Section(Type type, XmlComments comments)
    {
        var text = new StringBuilder($"## {PublicSurface.Header(type).Replace($"{type.Namespace}.", "", StringComparison.Ordinal)}\n\n");
        if (comments.Summary(type) is { Length: > 0 } summary)
        {
            text.Append($"{summary}\n\n");
        }

        foreach (var (member, line) in PublicSurface.Members(type))
        {
            var words = comments.Summary(member).ReplaceLineEndings(" ");
            text.Append($"* `{line}`{(words.Length > 0 ? $": {words}" : "")}\n");
        }

        return text.ToString();
    }
}
