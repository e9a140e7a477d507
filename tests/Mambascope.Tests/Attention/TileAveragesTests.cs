using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
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
            var expected = new double[36];
            for (var tile = 0; tile < 36; tile++)
            {
                var (rows, columns) = (Block(tile / 6), Block(tile % 6));
                var pairs = rows.SelectMany(i => columns.Where(j => j <= i).Select(j => whole[i, j])).ToArray();
                expected[tile] = pairs.Length == 0 ? 0 : pairs.Average();
            }

            Golden.AssertClose(
                $"{view}", TileAverages<double>.Of(workers, trace.Tape.Pool, trace.ScanMixers[1], starts, view).Values, expected, 1e-11);
            foreach (var piece in new[] { 1, 7, 100 })
            {
                Golden.AssertClose(
                    $"{view} in pieces of {piece}",
                    LongText.Tiles<double>(model, workers, text, layer: 1, starts, view, piece).Values,
                    expected,
                    1e-10);
            }
        }

        static IEnumerable<int> Block(int index)
            => Enumerable.Range(starts[index], (index + 1 < starts.Length ? starts[index + 1] : 43) - starts[index]);
    }

    [Fact]
    public void The_first_text_of_a_batch_is_averaged_as_if_alone()
    {
        var model = TinyLanguageModels.Create("mamba");
        using var both = TinyLanguageModels.Run<double>(
            workers, model, TokenBatch.Of([TinyLanguageModels.Text(43), TinyLanguageModels.Text(43, seed: 1)]));
        var expected = LongText.Tiles<double>(model, workers, TinyLanguageModels.Text(43), layer: 0, starts, AttentionView.Block);
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
        Assert.Throws<BadInputException>(() =>
            LongText.Tiles<float>(TinyLanguageModels.Create("gpt-neox"), workers, [1, 2], layer: 0, [0], AttentionView.S6));
    }

    public void Dispose() => workers.Dispose();
}
