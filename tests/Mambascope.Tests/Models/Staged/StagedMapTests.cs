using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Tests.Attribution;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models.Staged;

/// <summary>Every map of the golden models with stages, in double: the float32 storage is left.</summary>
public sealed class StagedMapDoubleTests() : StagedMapTests<double>(tolerance: 3e-7);

/// <summary>The same in float.</summary>
public sealed class StagedMapSingleTests() : StagedMapTests<float>(tolerance: 1e-4);

/// <summary>Every map of the golden models with stages.</summary>
public abstract class StagedMapTests<T>(double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static TheoryData<string> Folders { get; } = ["vmamba-v0-micro", "vmamba-v05-micro", "medmamba-micro"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Maps_match(string folder)
    {
        using var micro = Open(folder);
        foreach (var mode in new[] { AttributionMode.Paper, AttributionMode.Exact })
        {
            var form = mode == AttributionMode.Paper ? "paper" : "exact";
            Compare(micro, micro.Decision, "raw", $"map.raw.{form}", new() { Mode = mode });
            Compare(micro, micro.Decision, "rollout", $"map.rollout.{form}", new() { Mode = mode });
            Compare(micro, micro.Decision, "attribution", $"map.attribution.{form}", new() { Mode = mode });
            for (var stage = 0; stage < 3; stage++)
            {
                Compare(micro, micro.Decision, "raw", $"map.raw.{form}.stage{stage}", new() { Mode = mode, Stage = stage });
            }
        }

        Compare(micro, micro.Decision, "mamba-lrp", "map.mamba_lrp");
        Compare(micro, micro.Decision, "input-x-gradient", "map.input_x_gradient");
        Compare(micro, micro.Decision, "hires-cam", "map.hires_cam");
        Compare(micro, micro.Decision, "grad-cam", "map.grad_cam");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Maps_of_a_picture_of_another_shape_match(string folder)
    {
        using var micro = Open(folder);
        Compare(micro, micro.Other, "rollout", "other.map.rollout.exact");
        Compare(micro, micro.Other, "attribution", "other.map.attribution.exact");
        Compare(micro, micro.Other, "raw", "other.map.raw.paper", new() { Mode = AttributionMode.Paper });
        Compare(micro, micro.Other, "mamba-lrp", "other.map.mamba_lrp");
        Compare(micro, micro.Other, "grad-cam", "other.map.grad_cam");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Matrices_of_attribution_match(string folder)
    {
        using var micro = Open(folder);
        var (mixer, at) = (micro.Mixer(micro.Golden.Stage, micro.Golden.Block), micro.Golden.At);
        MethodRun<T> Run(AttributionMode mode)
            => new(micro.Decision, micro.Model, new() { Mode = mode }, TestContext.Current.CancellationToken, progress: null);

        // Of MedMamba the goldens leave out that the other half of the channels is the identity.
        var share = mixer.Share;
        Assert.Equal(folder == "medmamba-micro" ? 0.5 : 1, share);
        var exact = MambaAttribution.Contribution(Run(AttributionMode.Exact), mixer, 0).Values;
        Compare(micro, at + "contribution.positive_mean", Over(share, exact));
        var paper = MambaAttribution.WeightedMean(Run(AttributionMode.Paper), mixer, 0).Values;
        Compare(micro, at + "contribution.paper", Over(share, paper));
    }

    private static T[] Over(double share, T[] values) => Array.ConvertAll(values, value => value / T.CreateTruncating(share));

    private void Compare(StagedMicro<T> micro, Decision<T> decision, string method, string name, AttributionOptions? options = null)
    {
        var map = AttributionMethods
            .Find(method, micro.Model.Shape)
            .Explain(decision, micro.Model, options ?? new(), cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Null(map.Degenerate);
        Assert.Equal(micro.Expected.Find(name).Shape, [map.Rows, map.Columns]);
        Compare(micro, name, map.Values);
    }

    private void Compare(StagedMicro<T> micro, string name, T[] actual)
        => Golden.AssertClose($"{micro.Golden.Folder} {name}", VimMicro<T>.Widen(actual), micro.Expected.Read(name), tolerance);

    private static StagedMicro<T> Open(string folder) => new(StagedGolden.Of(folder));
}
