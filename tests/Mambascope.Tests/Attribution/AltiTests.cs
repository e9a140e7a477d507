using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Attention;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>ALTI by whole matrices of every channel, entry by entry, and what its parts add up to.</summary>
public sealed class AltiTests : IDisposable
{
    private const int Length = 9;
    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Theory]
    [InlineData("mamba")]
    [InlineData("falcon-mamba")]
    [InlineData("mamba2")]
    [InlineData("mamba2-groups")]
    public void Rows_and_rollout_equal_those_from_matrices_of_every_channel(string name)
    {
        using var decision = Run(name, out var model);
        var (rows, rollout) = (new double[Length], Enumerable.Range(0, Length).Select(j => j == Length - 1 ? 1.0 : 0).ToArray());
        foreach (var layer in decision.Trace.Layers.Reverse())
        {
            var C = Matrix(decision.Trace, layer);
            var residual = new double[Length];
            for (var i = 0; i < Length; i++)
            {
                var sum = C.Row(i).ToArray().Sum();
                residual[i] = Near(State(layer, i), layer.Input.Data.Row(i).ToArray());
                for (var j = 0; j < Length; j++)
                {
                    C[i, j] /= Math.Max(sum + residual[i], double.Epsilon); // a row of zeros stays one
                }

                residual[i] /= Math.Max(sum + residual[i], double.Epsilon);
            }

            rows = [.. rows.Select((value, j) => value + C[Length - 1, j])];
            rollout =
            [
                .. Enumerable.Range(0, Length)
                    .Select(j => (rollout[j] * residual[j]) + Enumerable.Range(0, Length).Sum(i => rollout[i] * C[i, j])),
            ];
        }

        Golden.AssertClose("rows", Map("alti-rows", decision, model), rows, 1e-10);
        Golden.AssertClose("rollout", Map("alti-rollout", decision, model), rollout, 1e-10);
    }

    /// <summary>Without biases, the shares of all layers and the embedding are the score, whoever they are handed to.</summary>
    [Theory]
    [InlineData("mamba-no-conv-bias")]
    [InlineData("mamba2-group-norms")]
    public void The_logit_form_adds_up_to_the_score(string name)
    {
        using var decision = Run(name, out var model);
        Golden.AssertClose("sum", [Map("alti-logit", decision, model).Sum()], [decision.Score(0)], 1e-10);
    }

    [Theory]
    [InlineData("gpt-neox")]
    [InlineData("hybrid")]
    [InlineData("mamba2-groups")]
    public void Shares_and_biases_add_up_to_what_the_mixer_gave(string name)
    {
        using var decision = Run(name, out _);
        var v = decision.ReadVector();
        foreach (var mixer in decision.Trace.Layers.SelectMany(layer => layer.Mixers))
        {
            var shares = TokenMixing<double>.Of(mixer).Shares(decision.Trace.Tape, v);
            var projection = OutputProjection.Of(decision.Trace.Tape, mixer.Output);
            var sum = new double[shares.Width];
            for (var d = 0; d < sum.Length; d++)
            {
                sum[d] = Enumerable.Range(0, Length).Sum(j => shares.Row(j)[d]) + (projection.Bias?.Values<double>()[d] ?? 0);
            }

            if (mixer is ScanMixerTrace<double> scans)
            {
                for (var e = 0; e < scans.X.Data.Width; e++)
                {
                    var constant = scans.Scans.Sum(scan => BlockBias.Of(scans, scan, 0, e)[Length - 1]);
                    for (var d = 0; d < sum.Length; d++)
                    {
                        sum[d] += projection.W.Values<double>()[(d * scans.X.Data.Width) + e] * constant;
                    }
                }
            }

            Golden.AssertClose(name, sum, mixer.Output.Data.Row(Length - 1), 1e-9);
        }
    }

    [Fact]
    public void A_mixer_that_writes_to_half_of_the_stream_is_refused_in_words()
    {
        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
        var (whole, half) = (tape.Input(Activation<double>.Zeros(1, 3, 4)), tape.Input(Activation<double>.Zeros(1, 3, 2)));
        LayerTrace<double> layer = new(whole, whole, new(3), [new SoftmaxMixerTrace<double>(1, half, half, half, half, half)]);
        var error = Assert.Throws<BadInputException>(() => AltiShares.States(layer, Activation<double>.Zeros(1, 3, 1)));
        Assert.Contains("writes to 2 of the 4 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hybrid_and_a_transformer_have_rows_of_both_kinds_of_mixer()
    {
        foreach (var name in new[] { "gpt-neox", "hybrid" })
        {
            using var decision = Run(name, out var model);
            var map = Map("alti-rows", decision, model);
            var mixing = decision.Trace.Layers.Count(layer => layer.Mixers.Count > 0);
            Assert.All(map, value => Assert.InRange(value, 0, mixing));
            Assert.InRange(map.Sum(), 1e-3, mixing);
        }
    }

    private Decision<double> Run(string name, out ILanguageModel model)
    {
        model = name == "hybrid" ? new TinyHybrid() : TinyLanguageModels.Create(name);
        return new(TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(Length))));
    }

    private static double[] Map(string method, Decision<double> decision, ILanguageModel model)
        => AttributionMethods.Find(method, model.Shape)
            .Explain(decision, model, new(), cancellation: TestContext.Current.CancellationToken)[0].Values;

    // Nearness of every token's share to every state, not divided.
    private static AttentionMatrix<double> Matrix(Trace<double> trace, LayerTrace<double> layer)
    {
        var mixer = (ScanMixerTrace<double>)layer.Mixers.Single();
        var (E, d) = (mixer.X.Data.Width, mixer.Output.Data.Width);
        var W = OutputProjection.Of(trace.Tape, mixer.Output).W.Values<double>();
        AttentionMatrix<double>[] T = [.. Enumerable.Range(0, E).Select(e => ChannelMatrix.Of(mixer, 0, e, AttentionView.Block))];
        var near = new AttentionMatrix<double>(Length);
        for (var i = 0; i < Length; i++)
        {
            for (var j = 0; j < Length; j++)
            {
                var share = new double[d];
                for (var k = 0; k < d; k++)
                {
                    share[k] = Enumerable.Range(0, E).Sum(e => W[(k * E) + e] * T[e][i, j] * mixer.X.Data.Row(j)[e]);
                }

                near[i, j] = Near(State(layer, i), share);
            }
        }

        return near;
    }

    private static double[] State(LayerTrace<double> layer, int i)
        => [.. layer.Input.Data.Row(i).ToArray().Zip(layer.Mixers[0].Output.Data.Row(i).ToArray(), (r, o) => r + o)];

    private static double Near(double[] y, double[] share)
        => Math.Max(0, y.Sum(Math.Abs) - y.Zip(share, (a, b) => Math.Abs(a - b)).Sum());
}
