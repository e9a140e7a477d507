using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Mambascope.Tests;

/// <summary>What documents point to is there, in a fresh clone too.</summary>
public sealed partial class DocumentLinkTests
{
    private const int MostMilliseconds = 10_000;
    private static readonly string[] elsewhere = ["http://", "https://", "mailto:"];

    [Fact]
    public void Every_link_of_a_document_leads_somewhere()
    {
        var root = Repository.Root;
        string[] documents =
        [
            .. Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories)
                .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or ".git")),
        ];
        Assert.True(documents.Length > 30, $"{documents.Length} documents");
        var broken = new List<string>();
        foreach (var document in documents)
        {
            var text = WithoutCode(File.ReadAllText(document));
            foreach (Match link in Links().Matches(text))
            {
                var target = link.Groups["target"].Value;
                if (elsewhere.Any(start => target.StartsWith(start, StringComparison.Ordinal)))
                {
                    continue;
                }

                var (path, anchor) = target.Split('#', 2) is [var file, var place] ? (file, place) : (target, null);
                var full = path.Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, path));
                if (!File.Exists(full) && !Directory.Exists(full))
                {
                    broken.Add($"{Path.GetRelativePath(root, document)}: {target} is not there");
                }
                else if (IsIgnored(root, full))
                {
                    broken.Add($"{Path.GetRelativePath(root, document)}: {target} is left out of the repository by .gitignore");
                }
                else if (anchor is not null && full.EndsWith(".md", StringComparison.Ordinal) && !Anchors(full).Contains(anchor))
                {
                    broken.Add($"{Path.GetRelativePath(root, document)}: {target} has no such heading");
                }
            }
        }

        Assert.Empty(broken);
    }

    // The patterns of .gitignore that name endings; folders such as bin/ hold no documents.
    private static bool IsIgnored(string root, string file)
        => File.ReadLines(Path.Combine(root, ".gitignore"))
            .Where(line => line.StartsWith('*'))
            .Any(line => file.EndsWith(line[1..], StringComparison.Ordinal));

    // As GitHub makes them: lower case, blanks to dashes, everything else that is no letter, digit, dash or underscore gone.
    private static HashSet<string> Anchors(string document)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Fenced().Replace(File.ReadAllText(document), "").Split('\n').Where(line => line.StartsWith('#')))
        {
            var anchor = new StringBuilder();
            foreach (var letter in line.TrimStart('#').Trim().ToLowerInvariant())
            {
                if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
                {
                    anchor.Append(letter);
                }
                else if (letter == ' ')
                {
                    anchor.Append('-');
                }
            }

            anchors.Add(anchor.ToString());
        }

        return anchors;
    }

    private static string WithoutCode(string text) => Inline().Replace(Fenced().Replace(text, ""), "code");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.None, MostMilliseconds)]
    private static partial Regex Links();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, MostMilliseconds)]
    private static partial Regex Fenced();

    [GeneratedRegex("`[^`\n]*`", RegexOptions.None, MostMilliseconds)]
    private static partial Regex Inline();
}
