using System.Reflection;
using Xunit;

namespace Mambascope.Tests.PublicApi;

/// <summary>
/// The public surface of the packages is what the text files beside this one say: a change of it is a change of them, to be seen in review.
/// To accept one, run <see cref="Accept"/>'s command and commit the files.
/// </summary>
public sealed class PublicApiTests
{
    private const string Accept
        = "MAMBASCOPE_ACCEPT_API=1 dotnet tests/Mambascope.Tests/bin/Release/net10.0/Mambascope.Tests.dll "
        + "-class Mambascope.Tests.PublicApi.PublicApiTests";

    [Theory]
    [InlineData("Mambascope", 2000)]
    [InlineData("Mambascope.Imaging", 100)]
    [InlineData("Mambascope.Training", 50)]
    public void Is_as_approved(string name, int least)
    {
        var approved = Path.Combine(Repository.Root, "tests", "Mambascope.Tests", "PublicApi", $"{name}.txt");
        var found = PublicSurface.Of(Assembly.Load(name)).ToArray();
        Assert.True(found.Length > least, $"only {found.Length} lines of public surface found in {name}");

        var expected = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        if (found.SequenceEqual(expected, StringComparer.Ordinal))
        {
            return;
        }

        var changes = expected.Except(found, StringComparer.Ordinal).Select(line => $"- {line.Trim()}")
            .Concat(found.Except(expected, StringComparer.Ordinal).Select(line => $"+ {line.Trim()}"));
        var outcome = $"to accept the change: {Accept}";
        if (Environment.GetEnvironmentVariable("MAMBASCOPE_ACCEPT_API") == "1")
        {
            // The run that accepts fails too, so that the switch cannot be left on.
            File.WriteAllLines(approved, found);
            outcome = "accepted; run the tests again without MAMBASCOPE_ACCEPT_API";
        }

        Assert.Fail($"the public surface of {name} differs from {approved}:\n{string.Join('\n', changes)}\n{outcome}");
    }

    [Fact]
    public void Reference_is_up_to_date()
    {
        var folder = Path.Combine(Repository.Root, "docs", "api");
        Assembly[] libraries = [Assembly.Load("Mambascope"), Assembly.Load("Mambascope.Imaging"), Assembly.Load("Mambascope.Training")];
        var pages = ApiReference.Pages(libraries);
        Assert.Contains(
            "Attention rollout: the explained token's row", pages["Mambascope.Attribution.md"], StringComparison.Ordinal);
        var found = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.md").ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText, StringComparer.Ordinal)
            : [];
        string[] stale =
        [
            .. pages
                .Where(page => !string.Equals(found.GetValueOrDefault(page.Key), page.Value, StringComparison.Ordinal))
                .Select(page => page.Key),
            .. found.Keys.Except(pages.Keys, StringComparer.Ordinal),
        ];
        var outcome = $"to make them anew: {Accept}";
        if (stale.Length > 0 && Environment.GetEnvironmentVariable("MAMBASCOPE_ACCEPT_API") == "1")
        {
            Directory.CreateDirectory(folder);
            foreach (var old in found.Keys)
            {
                File.Delete(Path.Combine(folder, old));
            }

            foreach (var (name, text) in pages)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
            }

            outcome = "made anew; run the tests again without MAMBASCOPE_ACCEPT_API";
        }

        Assert.True(stale.Length == 0, $"docs/api differs from the comments in {string.Join(", ", stale)}; {outcome}");
    }
}
