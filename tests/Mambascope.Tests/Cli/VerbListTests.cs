using Mambascope.Cli;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class VerbListTests
{
    [Fact]
    public void Every_verb_is_listed_under_its_own_name()
        => Assert.All(VerbList.All, verb => Assert.Equal(verb.Name, verb.Make().Name));

    [Theory]
    [InlineData(new[] { "explain" }, "explain", "a.png")]
    [InlineData(new[] { "evaluate" }, "--json", "evaluate", "perturbation")]
    [InlineData(new[] { "run" }, "run", "explain")]
    public void Only_the_verb_that_is_named_is_made(string[] made, params string[] line)
        => Assert.Equal(made, VerbList.For(line).Select(verb => verb.Name));

    [Fact]
    public void The_version_needs_no_verb() => Assert.Empty(VerbList.For(["--version"]));

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("explian", "a.png")]
    [InlineData("[suggest:5]", "explain")]
    public void Without_the_name_of_a_verb_all_are(params string[] line)
        => Assert.Equal(VerbList.All.Select(verb => verb.Name), VerbList.For(line).Select(verb => verb.Name));
}
