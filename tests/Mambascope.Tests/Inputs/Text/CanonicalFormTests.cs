using System.Globalization;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Normalisation against Unicode's own test file, and where characters come from.</summary>
public sealed class CanonicalFormTests
{
    [Fact]
    public void Unicodes_test_file_holds()
    {
        var lines = 0;
        foreach (var line in TokenizerFiles.Unpacked("normalization.txt.gz").Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (source, composed, decomposed) = (Text(line, 0), Text(line, 1), Text(line, 2));
            foreach (var given in (string[])[source, composed, decomposed])
            {
                Assert.True(composed == Composed(given), line);
                Assert.True(decomposed == Decomposed(given), line);
            }

            lines++;
        }

        Assert.InRange(lines, 4000, 6000);
    }

    [Fact]
    public void A_changed_character_comes_from_all_it_is_made_of()
    {
        var text = CanonicalForm.Compose(AlignedText.Of("ae\u0301z"));
        Assert.Equal("aéz", text.Text.ToString());
        Assert.Equal([(0, 1), (1, 3), (3, 4)], text.Sources.ToArray());
    }

    [Fact]
    public void Long_runs_of_marks_take_little_time()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0323\u0307\u0301", 50_000));
        Assert.Equal(text.Length - 1, Composed(text).Length); // ạ
        Assert.Equal(Composed(text), Composed(Decomposed(text)));
    }

    private static string Composed(string text) => CanonicalForm.Compose(AlignedText.Of(text)).Text.ToString();

    private static string Decomposed(string text) => CanonicalForm.Decompose(AlignedText.Of(text)).Text.ToString();

    private static string Text(string line, int field)
        => string.Concat(
            line.Split(';')[field]
                .Split(' ')
                .Select(code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
