using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attention;

/// <summary>Reductions and products of Mamba-2 layers, with one group and with several, against matrices of single channels.</summary>
public sealed class HeadReductionTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string, AttentionView, SignRule, ChannelReduction> Requests { get; } = All();

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_reduction_is_that_of_the_channels_matrices(string name, AttentionView view, SignRule sign, ChannelReduction reduction)
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create(name), TokenBatch.Of([TinyLanguageModels.Text(13), TinyLanguageModels.Text(13, seed: 3)]));
        var layer = trace.ScanMixers[1];
        foreach (
            var request in new[]
            {
                new MatrixRequest<double>
                {
                    View = view,
                    Sign = sign,
                    Reduction = reduction,
                },
                new MatrixRequest<double>
                {
                    View = view,
                    Sign = sign,
                    Reduction = reduction,
                    Channels = [17, 3, 4],
                },
                new MatrixRequest<double>
                {
                    View = view,
                    Sign = sign,
                    Reduction = reduction,
                    RowWeights = layer.Gated.Data,
                    ColumnWeights = layer.X.Data,
                },
            })
        {
            var expected = MatrixReduction.ReducePlain(workers, layer, item: 1, request);
            Golden.AssertClose(
                $"{request.Channels?.Count} {request.RowWeights}",
                MatrixReduction.Reduce(workers, layer, item: 1, request).Values,
                expected.Values,
                1e-11);
        }
    }

    [Theory]
    [InlineData("mamba2")]
    [InlineData("mamba2-groups")]
    [InlineData("mamba2-group-norms")]
    public void A_row_of_all_channels_is_that_of_their_matrices(string name)
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create(name), TokenBatch.Of(TinyLanguageModels.Text(13)));
        var layer = trace.ScanMixers[0];
        var (L, E) = (13, layer.X.Data.Width);
        foreach (var view in Enum.GetValues<AttentionView>())
        {
            var v = Activation<double>.Zeros(1, L, 1);
            v.Row(9)[0] = 1;
            var rows = Activation<double>.Zeros(1, L, E);
            AttentionProduct.Channels(workers, trace.Tape.Pool, layer, view, ScanDirections.Both, v, rows);
            for (var e = 0; e < E; e++)
            {
                var expected = ChannelMatrix.Of(layer, 0, e, view).Row(9).ToArray();
                Golden.AssertClose($"{view} channel {e}", [.. Enumerable.Range(0, L).Select(t => rows.Row(t)[e])], expected, 1e-12);
            }
        }
    }

    [Theory]
    [InlineData("mamba2")]
    [InlineData("mamba2-groups")]
    public void Thread_counts_give_the_same_bits(string name)
    {
        var model = TinyLanguageModels.Create(name);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var others = new Workers(threads);
            using var trace = TinyLanguageModels.Run<float>(others, model, TokenBatch.Of(TinyLanguageModels.Text(150)));
            var matrix = MatrixReduction
                .Reduce(others, trace.ScanMixers[0], 0, new() { View = AttentionView.Block, Sign = SignRule.Clamp })
                .Values;
            using var replay = trace.Tape.Backward(trace.Logits, trace.Logits.Data, [trace.Tokens]);
            float[] found = [.. matrix, .. replay[trace.Tokens].ToArray()];
            first ??= found;
            Assert.Equal(first, found);
        }
    }

    private static TheoryData<string, AttentionView, SignRule, ChannelReduction> All()
    {
        var data = new TheoryData<string, AttentionView, SignRule, ChannelReduction>();
        foreach (var name in new[] { "mamba2", "mamba2-groups", "mamba2-group-norms" })
        {
            data.Add(name, AttentionView.S6, SignRule.Keep, ChannelReduction.Mean);
            data.Add(name, AttentionView.S6, SignRule.Absolute, ChannelReduction.Product);
            data.Add(name, AttentionView.Block, SignRule.Clamp, ChannelReduction.Mean);
            data.Add(name, AttentionView.Block, SignRule.Keep, ChannelReduction.Min);
            data.Add(name, AttentionView.BeforeGate, SignRule.Keep, ChannelReduction.Product);
            data.Add(name, AttentionView.BeforeGate, SignRule.Absolute, ChannelReduction.Max);
        }

        return data;
    }

    public void Dispose() => workers.Dispose();
}
