using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Attention;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>
/// Every tensor of golden/vim-micro, in double through the plain operators: only the float32 storage of the goldens is left.
/// </summary>
public sealed class VimMicroDoubleTests(VimMicro<double> vim)
    : VimMicroGoldenTests<double>(vim, tolerance: 3e-7),
        IClassFixture<VimMicro<double>>;

/// <summary>Every tensor of golden/vim-micro in float, through the fast kernels.</summary>
public sealed class VimMicroSingleTests(VimMicro<float> vim)
    : VimMicroGoldenTests<float>(vim, tolerance: 1e-4),
        IClassFixture<VimMicro<float>>;

public abstract class VimMicroGoldenTests<T>(VimMicro<T> vim, double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly int[] channels = [0, 7, 63];

    [Fact]
    public void Logits_and_target_match()
    {
        Compare("logits", vim.Decision.Trace.Logits.Data.Row(0));
        Assert.Equal(vim.Expected.ReadInt64s("target")[0], vim.Decision.Targets[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Scan_quantities_match(int layer)
    {
        var trace = vim.Decision.Trace.ScanMixers[layer];
        foreach (var (name, direction) in new[] { ("forward", trace.Scans[0]), ("backward", trace.Scans[1]) })
        {
            Compare($"layer{layer}.{name}.dt", InScanOrder(direction.Delta.Data, direction.Order));
            Compare($"layer{layer}.{name}.B", InScanOrder(direction.B.Data, direction.Order));
            Compare($"layer{layer}.{name}.C", InScanOrder(direction.C.Data, direction.Order));
            Compare($"layer{layer}.{name}.u", InScanOrder(direction.U.Data, direction.Order));
            Compare($"layer{layer}.{name}.y", InScanOrder(direction.Y.Data, direction.Order));
        }

        Compare($"layer{layer}.mixer_out", trace.Output.Data.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Gradients_match(int layer)
    {
        var trace = vim.Decision.Trace.ScanMixers[layer];
        Compare($"layer{layer}.grad_mixer_out", vim.Decision.Gradients[trace.Output].ToArray());
        using var replay = vim.Decision.Backward([trace.Gated], rules: null);
        Compare($"layer{layer}.grad_gated", InScanOrder(replay[trace.Gated], ScanOrder.Forward(197)));
        Compare("grad.tokens", vim.Decision.Gradients[vim.Decision.Trace.Tokens].ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Channel_matrices_match(int layer)
    {
        var trace = vim.Decision.Trace.ScanMixers[layer];
        Compare($"layer{layer}.alpha.forward", Stack(e => ChannelMatrix.S6(trace.Scans[0], 0, e).Values));
        Compare($"layer{layer}.alpha.backward", Stack(e => ChannelMatrix.S6(trace.Scans[1], 0, e).Values));
        Compare($"layer{layer}.block", Stack(e => ChannelMatrix.Of(trace, 0, e, AttentionView.Block).Values));
        Compare($"layer{layer}.block.bias", Stack(e =>
        {
            var f = BlockBias.Of(trace, trace.Scans[0], 0, e);
            var b = BlockBias.Of(trace, trace.Scans[1], 0, e);
            return [.. f.Zip(b, (x, y) => x + y)];
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Reduced_matrices_match(int layer)
    {
        var trace = vim.Decision.Trace.ScanMixers[layer];
        var workers = vim.Decision.Trace.Tape.Workers;
        Compare($"layer{layer}.alpha.mean", Reduce(new() { View = AttentionView.S6 }));
        Compare($"layer{layer}.alpha.abs_mean", Reduce(new() { View = AttentionView.S6, Sign = SignRule.Absolute }));
        Compare($"layer{layer}.block.mean", Reduce(new() { View = AttentionView.Block }));
        Compare($"layer{layer}.contribution.positive_mean", Reduce(new()
        {
            View = AttentionView.BeforeGate,
            Sign = SignRule.Clamp,
            RowWeights = vim.Decision.Gradients[trace.Skipped],
            ColumnWeights = trace.X.Data,
        }));

        T[] Reduce(MatrixRequest<T> request) => MatrixReduction.Reduce(workers, trace, 0, request).Values;
    }

    [Theory]
    [InlineData("raw", AttributionMode.Exact, "map.raw.exact")]
    [InlineData("raw", AttributionMode.Paper, "map.raw.paper")]
    [InlineData("raw", AttributionMode.Official, "map.raw.official")]
    [InlineData("rollout", AttributionMode.Exact, "map.rollout.exact")]
    [InlineData("rollout", AttributionMode.Paper, "map.rollout.paper")]
    [InlineData("rollout", AttributionMode.Official, "map.rollout.official")]
    [InlineData("attribution", AttributionMode.Exact, "map.attribution.exact")]
    [InlineData("attribution", AttributionMode.Paper, "map.attribution.paper")]
    [InlineData("attribution", AttributionMode.Official, "map.attribution.official")]
    [InlineData("mamba-lrp", AttributionMode.Exact, "map.mamba_lrp")]
    [InlineData("input-x-gradient", AttributionMode.Exact, "map.input_x_gradient")]
    public void Maps_match(string method, AttributionMode mode, string golden)
    {
        int? startLayer = mode == AttributionMode.Official ? (int)vim.Expected.ReadInt64s("official.start_layer")[0] : null;
        var map = AttributionMethods
            .Find(method, ModelShape.Of(MixerKind.Scan))
            .Explain(vim.Decision, vim.Model, new() { Mode = mode, StartLayer = startLayer })[0];
        Assert.Null(map.Degenerate);
        Compare(golden, map.Values);
    }

    [Fact]
    public void Official_class_row_matches()
    {
        var row = OfficialCode.ClassRow(vim.Decision, vim.Decision.Trace.ScanMixers[5], 0);
        Compare("official.cls_vector.layer5", [.. channels.SelectMany(e => Enumerable.Range(0, 197).Select(t => row.Row(t)[e]))]);
    }

    private void Compare(string name, ReadOnlySpan<T> actual)
        => Golden.AssertClose(name, VimMicro<T>.Widen(actual), vim.Expected.Read(name), tolerance);

    private static T[] Stack(Func<int, T[]> matrix) => [.. channels.SelectMany(matrix)];

    // Goldens hold scan quantities as (channels, time), time in the direction's own order.
    private static T[] InScanOrder(Activation<T> values, ScanOrder order)
    {
        var result = new T[values.Count];
        for (var e = 0; e < values.Width; e++)
        {
            for (var t = 0; t < values.Length; t++)
            {
                result[(e * values.Length) + t] = values.Row(order.Tokens[t])[e];
            }
        }

        return result;
    }
}
