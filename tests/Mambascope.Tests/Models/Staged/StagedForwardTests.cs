using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tests.Attribution;
using Xunit;

namespace Mambascope.Tests.Models.Staged;

/// <summary>Forward passes, gradients and matrices of the golden models with stages, in double: the float32 storage is left.</summary>
public sealed class StagedForwardDoubleTests() : StagedForwardTests<double>(tolerance: 3e-7);

/// <summary>The same in float, through the fast kernels.</summary>
public sealed class StagedForwardSingleTests() : StagedForwardTests<float>(tolerance: 1e-4);

/// <summary>Whatever a run of a golden model with stages computes, against the golden values.</summary>
public abstract class StagedForwardTests<T>(double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static TheoryData<string> Folders { get; } = ["vmamba-v0-micro", "vmamba-v05-micro", "medmamba-micro"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Logits_tokens_and_stages_match(string folder)
    {
        using var micro = Open(folder);
        Compare(micro, "logits", micro.Trace.Logits.Data.ToArray());
        Assert.Equal(micro.Expected.ReadInt64s("target")[0], micro.Decision.Targets[0]);
        Compare(micro, "tokens", micro.Trace.Tokens.Data.ToArray());
        for (var stage = 0; stage < 3; stage++)
        {
            Compare(micro, $"stage{stage}.out", micro.Layer(stage, micro.Model.Facts.Stages![stage] - 1).Output.Data.ToArray());
        }

        Compare(micro, "other.logits", micro.Other.Trace.Logits.Data.ToArray());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Gradients_match(string folder)
    {
        using var micro = Open(folder);
        Compare(micro, "grad.tokens", micro.Decision.Gradients[micro.Trace.Tokens].ToArray());
        var mixer = micro.Mixer(micro.Golden.Stage, micro.Golden.Block);
        var outputs = Enumerable.Range(0, 3).Select(stage => micro.Layer(stage, micro.Model.Facts.Stages![stage] - 1).Output).ToArray();
        using var replay = micro.Decision.Backward([.. outputs, mixer.Gated, mixer.Skipped, mixer.Output], rules: null);
        for (var stage = 0; stage < 3; stage++)
        {
            Compare(micro, $"stage{stage}.grad_out", replay[outputs[stage]].ToArray());
        }

        Compare(micro, micro.Golden.At + "grad_merged", StagedMicro<T>.InOrder(replay[mixer.Skipped]));
        Compare(micro, micro.Golden.At + "grad_gated", StagedMicro<T>.InOrder(replay[mixer.Gated]));
        Compare(micro, micro.Golden.At + "grad_mixer_out", replay[mixer.Output].ToArray());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Quantities_of_the_paths_match(string folder)
    {
        using var micro = Open(folder);
        var first = micro.Mixer(0, 0);
        Compare(micro, "stage0.block0.path1.y", StagedMicro<T>.InOrder(first.Scans[1].Y.Data, first.Scans[1].Order));
        Compare(micro, "stage0.block0.merged", StagedMicro<T>.InOrder(first.Skipped.Data));
        Compare(micro, "stage0.block0.mixer_out", first.Output.Data.ToArray());
        var (mixer, at) = (micro.Mixer(micro.Golden.Stage, micro.Golden.Block), micro.Golden.At);
        for (var path = 0; path < mixer.Scans.Count; path++)
        {
            Compare(micro, $"{at}path{path}.y", StagedMicro<T>.InOrder(mixer.Scans[path].Y.Data, mixer.Scans[path].Order));
        }

        var columns = mixer.Scans[1];
        Compare(micro, at + "path1.u", StagedMicro<T>.InOrder(columns.U.Data, columns.Order));
        Compare(micro, at + "path1.delta", StagedMicro<T>.InOrder(columns.Delta.Data, columns.Order));
        Compare(micro, at + "path1.B", StagedMicro<T>.InOrder(columns.B.Data, columns.Order));
        Compare(micro, at + "path1.C", StagedMicro<T>.InOrder(columns.C.Data, columns.Order));
        Compare(micro, at + "merged", StagedMicro<T>.InOrder(mixer.Skipped.Data));
        Compare(micro, at + "gated", StagedMicro<T>.InOrder(mixer.Gated.Data));
        Compare(micro, at + "mixer_out", mixer.Output.Data.ToArray());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Matrices_of_channels_match(string folder)
    {
        using var micro = Open(folder);
        var (mixer, at) = (micro.Mixer(micro.Golden.Stage, micro.Golden.Block), micro.Golden.At);
        int[] channels = [.. micro.Expected.ReadInt64s(at + "channels").Select(channel => (int)channel)];
        Compare(micro, at + "alpha", Stack(e => ChannelMatrix.Of(mixer, 0, e, AttentionView.S6).Values));
        Compare(micro, at + "alpha.path1", ChannelMatrix.S6(mixer.Scans[1], 0, channels[0]).Values);
        Compare(micro, at + "block", Stack(e => ChannelMatrix.Of(mixer, 0, e, AttentionView.Block).Values));
        Compare(micro, at + "block.before_norm", ChannelMatrix.Of(mixer, 0, channels[0], AttentionView.BeforeGate).Values);
        var workers = micro.Trace.Tape.Workers;
        Compare(micro, at + "alpha.mean", MatrixReduction.Reduce(workers, mixer, 0, new() { View = AttentionView.S6 }).Values);
        Compare(micro, at + "block.mean", MatrixReduction.Reduce(workers, mixer, 0, new() { View = AttentionView.Block }).Values);
        Compare(micro, at + "x", Stack(e => StagedMicro<T>.InOrder(mixer.X.Data.Columns(e, 1))));

        T[] Stack(Func<int, T[]> matrix) => [.. channels.SelectMany(matrix)];
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_share_of_the_merge_matches(string folder)
    {
        using var micro = Open(folder);
        var merge = micro.Layer(2, 0).Merge!;
        var matrix = new T[merge.After * merge.Before];
        foreach (var (after, before, share) in merge.Shares)
        {
            matrix[(after * merge.Before) + before] += share;
        }

        Compare(micro, "spread.stage1", matrix);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Matrices_give_back_what_the_model_computed(string folder)
    {
        using var micro = Open(folder);
        foreach (var decision in new[] { micro.Decision, micro.Other })
        {
            var check = SelfCheck.Of(
                decision.Trace, Enumerable.Range(0, decision.Trace.Length), cancellation: TestContext.Current.CancellationToken);
            Assert.True(check!.IsPassed, $"scan {check.ScanError:E1}, block {check.BlockError:E1}");
        }
    }

    private void Compare(StagedMicro<T> micro, string name, T[] actual)
        => Golden.AssertClose($"{micro.Golden.Folder} {name}", VimMicro<T>.Widen(actual), micro.Expected.Read(name), tolerance);

    private static StagedMicro<T> Open(string folder) => new(StagedGolden.Of(folder));
}
