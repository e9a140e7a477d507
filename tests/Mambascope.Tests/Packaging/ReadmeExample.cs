using System.Text.RegularExpressions;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>The C# program in README.md.</summary>
internal static partial class ReadmeExample
{
    /// <summary>The only block marked as C#, as it stands there.</summary>
    public static string Read()
    {
        var blocks = CSharpBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n"));
        Assert.True(blocks.Count == 1, $"README.md: expected one block marked as csharp, found {blocks.Count}");
        return blocks[0].Groups["program"].Value;
    }

    [GeneratedRegex(
        "^```csharp\n(?<program>.*?)^```$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex CSharpBlock();
}
