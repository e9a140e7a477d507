using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Texts;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>
/// Models of another kind than any known here: mixers that account for themselves, tokens that are joined between stages.
/// </summary>
public sealed class ExplainedMixerTests : IDisposable
{
    // Four tokens, then two of them joined each: S rows sum to one.
    private static readonly double[,] first = { { 0.5, 0.1, 0, 0 }, { 0.2, 0.3, 0, 0.1 }, { 0, 0.4, 0.6, 0 }, { -0.3, 0, 0.2, 0.1 } };
    private static readonly double[,] beside = { { 1, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, 1, 0, 0 }, { 0, 0, 0, 2 } };
    private static readonly double[,] second = { { 0.25, -0.5 }, { 0.75, 0.5 } };
    private static readonly double[,] merge = { { 0.5, 0.5, 0, 0 }, { 0, 0.2, 0.2, 0.6 } };

    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Fact]
    public void Rollout_goes_through_mixers_side_by_side_and_through_joined_tokens()
    {
        using var decision = new Decision<double>(Run());
        double[] v = [0, 1];
        v = Add(v, Times(v, second));
        v = Times(v, merge); // in front of the last layer
        v = Add(v, Add(Times(v, first), Times(v, beside)));
        Golden.AssertClose("rollout", Map(decision, "rollout"), v, 1e-15);
    }

    [Fact]
    public void Layers_in_front_of_the_start_still_hand_relevance_back_to_the_first_tokens()
    {
        using var decision = new Decision<double>(Run());
        double[] v = [0, 1];
        v = Times(Add(v, Times(v, second)), merge);
        Golden.AssertClose("rollout", Map(decision, "rollout", new() { StartLayer = 2 }), v, 1e-15);
    }

    /// <summary>
    /// Each layer is read where the explained token stands among its own tokens; then its row is handed back to the first ones.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Raw_attention_reads_every_layer_at_its_own_tokens(int token)
    {
        using var decision = new Decision<double>(Run(token));
        double[] behind = token < 0 ? [0.5, 0.5] : [0, 1];
        var infront = token < 0 ? [0.25, 0.25, 0.25, 0.25] : Times(behind, merge);
        var expected = Add(Times(Times(behind, second), merge), Add(Times(infront, first), Times(infront, beside)));
        Golden.AssertClose("raw", Map(decision, "raw"), [.. expected.Select(value => value / 2)], 1e-15);
    }

    [Fact]
    public void Scaled_rows_need_matrices_and_get_them()
    {
        using var decision = new Decision<double>(Run());
        var map = Map(decision, "rollout", new() { RowNormalisation = RowNormalisation.L1, StartLayer = 2 });
        double[] row = [0.75 / 2.25, 1.5 / 2.25];
        Golden.AssertClose("rollout", map, Times(row, merge), 1e-15);
    }

    [Fact]
    public void What_a_mixer_does_not_give_is_refused_in_words()
    {
        using var decision = new Decision<double>(Run());
        var error = Assert.Throws<BadInputException>(() => Map(decision, "raw", new() { Reduction = ChannelReduction.Max }));
        Assert.Contains("gives the mean over its units", error.Message, StringComparison.Ordinal);
        Assert.Null(SelfCheck.Of(decision.Trace, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Methods_for_scans_or_softmax_only_say_why_they_cannot()
    {
        var shape = new ModelShape([new([Fake.Made])]);
        Assert.Equal(
            ["raw", "rollout", "input-x-gradient", "integrated-gradients", "smoothgrad", "grad-cam", "occlusion", "kernel-shap"],
            AttributionMethods.For(shape).Select(method => method.Name));
        Assert.Equal(
            "method mamba-lrp explains selective scans (Mamba), this model has swaps (toys); it can be explained by raw, rollout, "
                + "input-x-gradient, integrated-gradients, smoothgrad, grad-cam, occlusion, kernel-shap",
            Assert.Throws<BadInputException>(() => AttributionMethods.Find("mamba-lrp", shape)).Message);
    }

    private static double[] Map(Decision<double> decision, string method, AttributionOptions? options = null)
        => AttributionMethods
            .Find(method, new([new([Fake.Made])]))
            .Explain(decision, new AdditiveModel(), options ?? new(), cancellation: TestContext.Current.CancellationToken)[0]
            .Values;

    // Layers: two mixers side by side; none; one behind the merge.
    private Trace<double> Run(int token = 1)
    {
        var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
        var tokens = tape.Input(Activation<double>.Zeros(1, 4, 1));
        var joined = tape.Input(Activation<double>.Zeros(1, 2, 1));
        var logits = tape.Input(Activation<double>.Of([1.0, 2.0], 1, 1, 2));
        TokenMerge<double> S = new(
            4,
            2,
            Enumerable.Range(0, 8).Select(i => new TokenShare<double>(i / 4, i % 4, merge[i / 4, i % 4])).Where(share => share.Share != 0));
        LayerTrace<double>[] layers =
        [
            new(tokens, tokens, new(4), [new Fake(tokens, first), new Fake(tokens, beside)]),
            new(tokens, tokens, new(4), []),
            new(joined, joined, new(2), [new Fake(joined, second)]) { Merge = S },
        ];
        return new(tape, tokens, tokens, layers, logits, [[token]], grid: null);
    }

    private static double[] Times(double[] v, double[,] matrix)
        => [.. Enumerable.Range(0, matrix.GetLength(1)).Select(j => v.Select((weight, i) => weight * matrix[i, j]).Sum())];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    /// <summary>A mixer whose matrix is given.</summary>
    private sealed record Fake(Value<double> Given, double[,] Rows) : MixerTrace<double>(Given), IExplainedMixer<double>
    {
        public static MixerShape Made { get; } = new(new("swap", "swaps", "toys"), [new("window", 1)]);

        public override MixerShape Shape => Made;

        public override IEnumerable<Value<double>> Explained => [];

        public TokenMixing<double> Mixing => new FakeMixing(Rows);
    }

    private sealed class FakeMixing(double[,] rows) : TokenMixing<double>
    {
        public override Activation<double> Product(Workers workers, BufferPool<double> pool, AttentionView view, Activation<double> v)
            => Activation<double>.Of(Times(v.ToArray(), rows), 1, rows.GetLength(1), 1);

        public override AttentionMatrix<double> Matrix(
            Workers workers, int item, MatrixRequest<double> request, CancellationToken cancellation = default)
            => new([.. rows.Cast<double>()], rows.GetLength(0));
    }
}
