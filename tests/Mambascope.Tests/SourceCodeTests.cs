using Xunit;

namespace Mambascope.Tests;

/// <summary>What the scanner of sources keeps and what it drops.</summary>
public sealed class SourceCodeTests
{
    [Theory]
    [InlineData("a(); // Mamba", "a(); ")]
    [InlineData("a /* Mamba */ b", "a  b")]
    [InlineData("x = \"a \\\" Mamba\";", "x = \"\";")]
    [InlineData("x = @\"a \"\" Mamba\";", "x = \"\";")]
    [InlineData("x = $\"Mamba {y + $\"{z}\"} {{Mamba}}\";", "x =  y +  z \"\" \"\";")]
    [InlineData("c == '\"' && d == '\\'' && e", "c ==  && d ==  && e")]
    [InlineData("x = \"\"\"a \" Mamba\"\"\"; b", "x = \"\"; b")]
    [InlineData("x = $$\"\"\"{Mamba} {{y}}\"\"\"; b", "x =  y \"\"; b")]
    public void Prose_is_dropped_and_code_stays(string source, string code) => Assert.Equal(code, SourceCode.WithoutProse(source));
}
