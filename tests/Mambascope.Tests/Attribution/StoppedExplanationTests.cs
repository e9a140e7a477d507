using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Explanations that are stopped, that say how far they are, and that are asked for when the run is gone.</summary>
public sealed class StoppedExplanationTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string> Models { get; } = ["mamba", "mamba2", "gpt-neox"];

    public void Dispose() => workers.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_method_stops(string name)
    {
        var (model, decision) = Run(name);
        foreach (var method in Methods(model))
        {
            using var fresh = new Decision<double>(decision.Trace);
            using var stop = new CancellationTokenSource();
            var reports = 0;
            var progress = new DirectProgress(_ =>
            {
                reports++;
                stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => method.Explain(fresh, model, new(), progress, stop.Token));
            Assert.Equal(1, reports); // nothing was done after the stop
        }

        decision.Trace.Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Progress_runs_from_nothing_to_all(string name)
    {
        var (model, decision) = Run(name);
        foreach (var method in Methods(model))
        {
            var shares = new List<double>();
            method.Explain(decision, model, new() { Samples = 9 }, new DirectProgress(shares.Add), TestContext.Current.CancellationToken);
            Assert.Equal((0, 1), (shares[0], shares[^1]));
            Assert.Equal(shares.Order(), shares);
        }

        decision.Trace.Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_disposed_run_cannot_be_explained(string name)
    {
        var (model, decision) = Run(name);
        decision.Trace.Dispose();
        foreach (var method in Methods(model))
        {
            Assert.Throws<ObjectDisposedException>(() =>
                method.Explain(decision, model, new(), cancellation: TestContext.Current.CancellationToken));
        }

        Assert.Throws<ObjectDisposedException>(() => decision.Backward([], MambaLrp.Rules<double>()));
        Assert.Throws<ObjectDisposedException>(() => new Decision<double>(decision.Trace));
        Assert.Throws<ObjectDisposedException>(() => SelfCheck.Of(decision.Trace, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Runs_replays_checks_and_matrices_stop()
    {
        var (model, decision) = Run("mamba");
        var (trace, stopped) = (decision.Trace, new CancellationToken(canceled: true));
        Assert.ThrowsAny<OperationCanceledException>(() =>
            model.Forward(new Tape<double>(workers, new BufferPool<double>(), isRecording: false, stopped), TokenBatch.Of([1, 2])));
        Assert.ThrowsAny<OperationCanceledException>(() => decision.Backward([trace.Tokens], rules: null, stopped));
        Assert.ThrowsAny<OperationCanceledException>(() => SelfCheck.Of(trace, cancellation: stopped));
        Assert.ThrowsAny<OperationCanceledException>(() => MatrixReduction.Reduce(workers, trace.ScanMixers[0], 0, new(), stopped));
        var (_, heads) = Run("mamba2");
        Assert.ThrowsAny<OperationCanceledException>(() => MatrixReduction.Reduce(workers, heads.Trace.ScanMixers[0], 0, new(), stopped));
        using var single = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)));
        Assert.ThrowsAny<OperationCanceledException>(() => MatrixReduction.Reduce(workers, single.ScanMixers[0], 0, new(), stopped));
        trace.Dispose();
        heads.Trace.Dispose();
    }

    [Theory]
    [InlineData("rollout")]
    [InlineData("mamba-lrp")]
    public void A_long_text_stops_between_pieces(string method)
    {
        using var stop = new CancellationTokenSource();
        var shares = new List<double>();
        var progress = new DirectProgress(share =>
        {
            shares.Add(share);
            if (share > 0.5)
            {
                stop.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            LongText.Explain<double>(
                TinyLanguageModels.Create("mamba"), workers, TinyLanguageModels.Text(40), method, piece: 5,
                cancellation: stop.Token, progress: progress));
        Assert.Single(shares, share => share > 0.5);
    }

    private static IReadOnlyList<AttributionMethod> Methods(ILanguageModel model)
        => [.. AttributionMethods.For(model.Shape).Where(method => method is not FullLrp)]; // of pixels

    private (ILanguageModel Model, Decision<double> Decision) Run(string name)
    {
        var model = TinyLanguageModels.Create(name);
        return (model, new(TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)))));
    }
}
