using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attention;

/// <summary>Averages between blocks are those of the whole matrix, in one piece or in many.</summary>
public sealed class TileAveragesTests : IDisposable
{
    private static readonly int[] starts = [0, 1, 5, 20, 21, 40];

    private readonly Workers workers = new(2);

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2-groups")]
    public void Averages_are_those_of_the_matrix(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(43);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text));
        foreach (var view in Enum.GetValues<AttentionView>())
        {
            var whole = MatrixReduction.Reduce(workers, trace.ScanMixers[1], 0, new() { View = view });
            var expected = Averages(whole);
            Golden.AssertClose(
                $"{view}", TileAverages<double>.Of(workers, trace.Tape.Pool, trace.ScanMixers[1], starts, view).Values, expected, 1e-11);
            foreach (var piece in new[] { 1, 7, 100 })
            {
                Golden.AssertClose(
                    $"{view} in pieces of {piece}",
                    LongText.Tiles<double>(model, workers, text, layer: 1, starts, view, piece)[0].Values,
                    expected,
                    1e-10);
            }
        }
    }

    [Fact]
    public void The_first_text_of_a_batch_is_averaged_as_if_alone()
    {
        var model = TinyLanguageModels.Create("mamba");
        using var both = TinyLanguageModels.Run<double>(
            workers, model, TokenBatch.Of([TinyLanguageModels.Text(43), TinyLanguageModels.Text(43, seed: 1)]));
        var expected = LongText.Tiles<double>(model, workers, TinyLanguageModels.Text(43), layer: 0, starts, AttentionView.Block)[0];
        Golden.AssertClose(
            "first",
            TileAverages<double>.Of(workers, both.Tape.Pool, both.ScanMixers[0], starts, AttentionView.Block).Values,
            expected.Values,
            1e-11);
    }

    [Fact]
    public void Blocks_cover_the_text_in_order()
    {
        Assert.Equal([0, 3, 6], TileAverages<float>.Equal(3, 10));
        Assert.Equal([0, 1], TileAverages<float>.Equal(5, 2));
        foreach (var wrong in new int[][] { [], [1], [0, 0], [0, 3, 2], [0, 10] })
        {
            Assert.Throws<BadInputException>(() => new TileAverages<float>(wrong, 10, AttentionView.S6));
        }

        Assert.Throws<BadInputException>(() =>
            LongText.Tiles<float>(TinyLanguageModels.Create("mamba"), workers, [1, 2], layer: 2, [0], AttentionView.S6));
    }

    [Fact]
    public void Of_mixers_side_by_side_each_has_averages_of_its_own()
    {
        var model = new TinyHybrid();
        var text = TinyLanguageModels.Text(43);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text));
        var layer = Enumerable.Range(0, model.Depth).First(i => trace.Layers[i].Mixers.Count == 2);
        Compare(model, text, layer, trace);
    }

    [Fact]
    public void Softmax_attention_is_averaged_over_its_heads()
    {
        var model = TinyLanguageModels.Create("gpt-neox");
        var text = TinyLanguageModels.Text(43);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text));
        Compare(model, text, layer: 1, trace);
    }

    private void Compare(ILanguageModel model, int[] text, int layer, Trace<double> trace)
    {
        var mixers = trace.Layers[layer].Mixers;
        foreach (var piece in new[] { 1, 7, 100 })
        {
            var found = LongText.Tiles<double>(model, workers, text, layer, starts, AttentionView.S6, piece);
            Assert.Equal(mixers.Count, found.Count);
            for (var i = 0; i < found.Count; i++)
            {
                var whole = TokenMixing<double>.Of(mixers[i]).Matrix(workers, 0, new());
                Golden.AssertClose($"{mixers[i].Shape.Kind.Name} in pieces of {piece}", found[i].Values, Averages(whole), 1e-10);
            }
        }
    }

    private static double[] Averages(AttentionMatrix<double> whole)
    {
        var expected = new double[36];
        for (var tile = 0; tile < 36; tile++)
        {
            var (rows, columns) = (Block(tile / 6), Block(tile % 6));
            var pairs = rows.SelectMany(i => columns.Where(j => j <= i).Select(j => whole[i, j])).ToArray();
            expected[tile] = pairs.Length == 0 ? 0 : pairs.Average();
        }

        return expected;
    }

    private static IEnumerable<int> Block(int index)
        => Enumerable.Range(starts[index], (index + 1 < starts.Length ? starts[index + 1] : 43) - starts[index]);

    public void Dispose() => workers.Dispose();
}
