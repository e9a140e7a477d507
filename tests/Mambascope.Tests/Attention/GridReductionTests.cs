using System.Runtime.Intrinsics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tests.Models.Staged;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attention;

/// <summary>The fast form for scans over a grid, beside the plain one, in every register width.</summary>
public sealed class GridReductionTests : IDisposable
{
    private readonly Workers workers = new(3);

    public static TheoryData<AttentionView, SignRule, ChannelReduction, ScanDirections> Requests { get; } = new()
    {
        { AttentionView.S6, SignRule.Keep, ChannelReduction.Mean, ScanDirections.Both },
        { AttentionView.S6, SignRule.Keep, ChannelReduction.Mean, ScanDirections.Columns },
        { AttentionView.S6, SignRule.Absolute, ChannelReduction.Mean, ScanDirections.Both },
        { AttentionView.Block, SignRule.Keep, ChannelReduction.Mean, ScanDirections.Both },
        { AttentionView.Block, SignRule.Clamp, ChannelReduction.Max, ScanDirections.ColumnsBackward },
        { AttentionView.BeforeGate, SignRule.Clamp, ChannelReduction.Mean, ScanDirections.Both },
        { AttentionView.BeforeGate, SignRule.Keep, ChannelReduction.Min, ScanDirections.Backward },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void It_matches_the_plain_form(AttentionView view, SignRule sign, ChannelReduction reduction, ScanDirections directions)
    {
        foreach (var isV0 in new[] { true, false })
        {
            using var trace = TinyStaged.VMamba(isV0, isV0 ? 0 : 3).Forward(
                new Tape<float>(workers, new BufferPool<float>(), isRecording: true), Pixels());
            foreach (var mixer in trace.ScanMixers)
            {
                MatrixRequest<float> request = new()
                {
                    View = view,
                    Sign = sign,
                    Reduction = reduction,
                    Directions = directions,
                    RowWeights = view == AttentionView.BeforeGate ? mixer.Gated.Data : null,
                    ColumnWeights = view == AttentionView.BeforeGate ? mixer.X.Data : null,
                };
                Assert.True(GridReduction.CanReduce(mixer, request));
                var expected = MatrixReduction.ReducePlain(workers, mixer, 1, request, TestContext.Current.CancellationToken).Values;
                Compare(expected, GridReduction.Reduce<Width1, float>(workers, mixer, 1, request));
                Compare(expected, GridReduction.Reduce<Width128, Vector128<float>>(workers, mixer, 1, request));
                Compare(expected, GridReduction.Reduce<Width256, Vector256<float>>(workers, mixer, 1, request));
                Compare(expected, GridReduction.Reduce<Width512, Vector512<float>>(workers, mixer, 1, request));
            }
        }
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        using var one = new Workers(1);
        using var trace = TinyStaged.VMamba(isV0: true, downsampleKernel: 0).Forward(
            new Tape<float>(workers, new BufferPool<float>(), isRecording: true), Pixels());
        MatrixRequest<float> request = new() { View = AttentionView.Block, Sign = SignRule.Absolute };
        Assert.Equal(
            MatrixReduction.Reduce(one, trace.ScanMixers[0], 0, request, TestContext.Current.CancellationToken).Values,
            MatrixReduction.Reduce(workers, trace.ScanMixers[0], 0, request, TestContext.Current.CancellationToken).Values);
    }

    public void Dispose() => workers.Dispose();

    private static Activation<float> Pixels()
    {
        var pixels = TinyVim.RandomActivation(2, 2 * 36, 28, seed: 8);
        return Activation<float>.Of(Array.ConvertAll(pixels.Buffer, value => (float)value), 2, pixels.Length, pixels.Width);
    }

    private static void Compare(float[] expected, AttentionMatrix<float> actual)
        => Golden.AssertClose(
            "matrix", Array.ConvertAll(actual.Values, value => (double)value), Array.ConvertAll(expected, value => (double)value), 2e-5);
}
