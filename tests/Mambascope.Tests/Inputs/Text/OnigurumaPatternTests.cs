using System.Text.RegularExpressions;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Expressions of the tokenizers' dialect mean there what they mean here; expected matches by doc/RE of Oniguruma.</summary>
public sealed class OnigurumaPatternTests
{
    [Theory]
    [InlineData("a+b", "xaab", "aab")]
    [InlineData("[[:alpha:]]+", "ab1é\u0301:", "ab|é\u0301")]
    [InlineData("[[:^space:]]+", "a b", "a|b")]
    [InlineData("[[:punct:]]", "a$.-", "$|.|-")]
    [InlineData("[^[:alpha:][:space:]]+", "ab 12 c!", "12|!")]
    [InlineData("[a[bc]]+", "abc]", "abc")]
    [InlineData("[a[^a-y]]+", "azbA", "az|A")]
    [InlineData("[a-z&&[^aeiou]]+", "hello", "h|ll")]
    [InlineData("[^a-z&&[^aeiou]]+", "hello", "e|o")]
    [InlineData("[a-f&&d-z&&[^e]]+", "abcdefgh", "d|f")]
    [InlineData(" ?[^(\\s|[.,!?…。，、।۔،])]+", "a, (b)! c", "a|b| c")]
    [InlineData("\\h+", "xyzbeef09g", "beef09")]
    [InlineData("[^\\h]+", "beefxyz", "xyz")]
    [InlineData("\\w+", "a\u0301b-c", "a\u0301b|c")]
    [InlineData("a++b|a", "aab", "aab")]
    [InlineData("a?+ab|b", "ab", "b")]
    [InlineData("^.", "ab\ncd\n", "a|c")]
    [InlineData(".$", "ab\ncd", "b|d")]
    [InlineData("(?m:a.b)", "a\nb", "a\nb")]
    [InlineData("a.b", "a\nb", "")]
    [InlineData("(?i:ab)c", "ABc abC", "ABc")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData("a{2,}", "a aa aaa", "aa|aaa")]
    [InlineData("a{x}", "a{x}", "a{x}")]
    [InlineData("\\x{41}\\u0042\\x43", "ABC", "ABC")]
    [InlineData("\\p{^L}+", "ab12", "12")]
    [InlineData("\\p{alpha}+|\\P{l}", "ab1", "ab|1")]
    [InlineData("[]a]+", "]a[", "]a")]
    [InlineData("[a\\-z-]+", "a-zb", "a-z")]
    [InlineData("(?<x>a)\\1", "aa", "aa")]
    [InlineData("(?#note)a", "a", "a")]
    [InlineData(
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
            + "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "It's 1234  a.\n",
        "It|'s| |123|4| | a|.\n")]
    public void It_matches_the_same(string expression, string text, string expected)
        => Assert.Equal(
            expected,
            string.Join(
                '|',
                Regex
                    .Matches(text, OnigurumaPattern.Translate(expression), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10))
                    .Where(match => match.Length > 0)
                    .Select(match => match.Value)));

    [Theory]
    [InlineData("[[:letters:]]", "the class [:letters:]")]
    [InlineData("[[:alpha]", "no : where")]
    [InlineData("[a&&]", "an empty class")]
    [InlineData("[a", "end where more must follow")]
    [InlineData("(a", "a group that is not closed")]
    [InlineData("a)", "a ) without (")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("a**", "two repetitions in a row")]
    [InlineData("a{2}+", "two repetitions in a row")]
    [InlineData("a{2}?", "two repetitions in a row")]
    [InlineData("a{1001}", "more than 1000 repetitions")]
    [InlineData("a{3,2}", "whose ends are exchanged")]
    [InlineData("[b-a]", "whose ends are exchanged")]
    [InlineData("\\p{Han}", "the property Han")]
    [InlineData("\\p{IsGreek}", "the property IsGreek")]
    [InlineData("\\R", "the escape \\R")]
    [InlineData("\\K", "the escape \\K")]
    [InlineData("(?~ab)", "the group (?~")]
    [InlineData("(?x: a)", "the group (?x")]
    [InlineData("(?P<n>a)", "the group (?P")]
    [InlineData("\\x{1F600}", "beyond U+FFFF")]
    [InlineData("[🙂]", "beyond U+FFFF")]
    [InlineData("\\", "end where more must follow")]
    public void What_has_no_equal_is_refused_by_name(string expression, string said)
        => Assert.Contains(
            said, Assert.ThrowsAny<ArgumentException>(() => OnigurumaPattern.Translate(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Length_and_nesting_are_bounded()
    {
        const int Many = 60_000;
        foreach (
            var hostile in (string[])
                [
                    new('[', Many), new('(', Many), new('[', 2000), new('(', 2000),
                    string.Concat(Enumerable.Repeat("(?:", 2000)), string.Concat(Enumerable.Repeat("[^", 2000)),
                    new('a', Many),
                ])
        {
            var json = TokenizerFiles.Small("a b");
            json["pre_tokenizer"] = new System.Text.Json.Nodes.JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new System.Text.Json.Nodes.JsonObject { ["Regex"] = hostile },
                ["behavior"] = "Isolated",
            };
            Assert.Contains("is not supported: it has", TokenizerFiles.Refusal(json.ToJsonString()), StringComparison.Ordinal);
        }

        Assert.NotEmpty(
            OnigurumaPattern.Translate(new string('(', OnigurumaPattern.Deepest) + "a" + new string(')', OnigurumaPattern.Deepest)));
    }
}
