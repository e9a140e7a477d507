using System.Text.RegularExpressions;
using Xunit;

namespace Mambascope.Tests;

/// <summary>What no analyzer holds: how long lines are, and how messages end.</summary>
public sealed partial class StyleTests
{
    private const int LongestLine = 140;

    private static readonly string[] everywhere = ["src", "tests", "training", "benchmarks"];

    // Exceptions that tests make are examples and not messages to anybody.
    private static readonly string[] speaking = ["src", "training", "benchmarks"];

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var found = Sources(everywhere).SelectMany(file => LongLines(File.ReadLines(file))
            .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}:{line.Number} has {line.Length} characters"));
        Assert.Empty(found);
    }

    [Fact]
    public void No_message_of_an_exception_ends_with_a_full_stop()
    {
        // Messages are one line: on a command line after "mambascope:", in a log, within another message.
        var found = Sources(speaking)
            .SelectMany(file => Messages(File.ReadAllText(file))
                .Where(message => message.EndsWith('.') && !message.EndsWith("...", StringComparison.Ordinal))
                .Select(message => $"{Path.GetRelativePath(Repository.Root, file)}: {message}"));
        Assert.Empty(found);
    }

    [Fact]
    public void Long_lines_are_found_outside_of_data()
    {
        const string Quotes = "\"\"\"";
        var tooLong = new string('x', LongestLine + 1);
        string[] lines =
        [
            tooLong, tooLong[1..], $"{Quotes}{tooLong}{Quotes}", tooLong, $"var data = {Quotes}", tooLong, $"{Quotes};", tooLong,
        ];
        Assert.Equal([(1, LongestLine + 1), (4, LongestLine + 1), (8, LongestLine + 1)], LongLines(lines));
    }

    [Theory]
    [InlineData("throw new BadInputException($\"{path} is a folder.\");", "{path} is a folder.")]
    [InlineData("throw new UsageException(\n    $\"a {b(\"x\")} c; \"\n    + \"d.\", error);", "d.")]
    [InlineData("? x : throw new ArgumentException(\"no\", nameof(x));", "no")]
    [InlineData("throw new BadInputException(Text(\"not this.\"));", null)]
    public void Messages_are_found(string code, string? message)
        => Assert.Equal(message is null ? [] : [message], Messages(code));

    // Text between three quotes is data and keeps its lines.
    private static IEnumerable<(int Number, int Length)> LongLines(IEnumerable<string> lines)
    {
        var isData = false;
        foreach (var (index, line) in lines.Index())
        {
            var quotes = ThreeQuotes().Count(line);
            if (line.Length > LongestLine && !isData && quotes == 0)
            {
                yield return (index + 1, line.Length);
            }

            isData ^= quotes % 2 == 1;
        }

        Assert.False(isData, "three quotes are open at the end of a file");
    }

    private static string[] Sources(string[] folders)
    {
        var files = folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !Generated().IsMatch(file))
            .ToArray();
        Assert.True(files.Length > 50, $"only {files.Length} source files found below {Repository.Root}");
        return files;
    }

    // The last string of the first argument of every exception that is made, where that argument ends with a string.
    private static IEnumerable<string> Messages(string code)
        => from Match made in MadeException().Matches(code)
           let argument = FirstArgument(code, made.Index + made.Length)
           let text = LastString().Match(argument)
           where text.Success
           select text.Groups["text"].Value;

    private static string FirstArgument(string code, int start)
    {
        var (depth, inString) = (0, false);
        for (var i = start; i < code.Length; i++)
        {
            var c = code[i];
            if (c == '"' && (i == 0 || code[i - 1] != '\\'))
            {
                inString = !inString;
            }
            else if (!inString && (c is '(' or '[' or '{'))
            {
                depth++;
            }
            else if (!inString && (c is ')' or ']' or '}') && depth-- == 0)
            {
                return code[start..i];
            }
            else if (!inString && c == ',' && depth == 0)
            {
                return code[start..i];
            }
        }

        return "";
    }

    [GeneratedRegex(
        @"[\\/](obj|bin)[\\/]|\.g\.cs$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Generated();

    [GeneratedRegex("\"{3,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ThreeQuotes();

    [GeneratedRegex(@"new \w*Exception\(", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MadeException();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"\\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LastString();
}
