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
    [InlineData("Mambascope")]
    [InlineData("Mambascope.Imaging")]
    public void Is_as_approved(string name)
    {
        var approved = Path.Combine(Repository.Root, "tests", "Mambascope.Tests", "PublicApi", $"{name}.txt");
        var found = PublicSurface.Of(Assembly.Load(name)).ToArray();
        Assert.True(found.Length > 100, $"only {found.Length} lines of public surface found in {name}");

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
}
