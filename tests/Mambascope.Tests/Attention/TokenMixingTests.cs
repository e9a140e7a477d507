using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attention;

public sealed class TokenMixingTests : IDisposable
{
    private readonly Workers workers = new(2);

    public void Dispose() => workers.Dispose();

    /// <summary>Products without matrices and matrices are two ways to the same rows, for every kind of mixer.</summary>
    [Theory]
    [InlineData("vim")]
    [InlineData("deit")]
    [InlineData("mamba")]
    [InlineData("mamba2-groups")]
    [InlineData("gpt-neox")]
    public void A_product_is_the_weights_times_the_matrix(string name)
    {
        using var trace = Run(name);
        var L = trace.Length;
        double[] weights = [.. Enumerable.Range(0, L).Select(t => Math.Sin(t + 1))];
        foreach (var mixing in trace.Layers.SelectMany(TokenMixing<double>.Of))
        {
            foreach (var view in new[] { AttentionView.S6, AttentionView.Block })
            {
                var matrix = mixing.Matrix(workers, 0, new() { View = view }, TestContext.Current.CancellationToken);
                var product = mixing.Product(workers, trace.Tape.Pool, view, Activation<double>.Of(weights, 1, L, 1));
                double[] expected = [.. Enumerable.Range(0, L).Select(j => Enumerable.Range(0, L).Sum(i => weights[i] * matrix[i, j]))];
                Golden.AssertClose($"{name} {view}", product.ToArray(), expected, 1e-11);
            }
        }
    }

    [Fact]
    public void Heads_of_softmax_attention_are_reduced_like_channels()
    {
        using var trace = Run("deit");
        var mixer = trace.SoftmaxMixers[0];
        var mixing = TokenMixing<double>.Of(mixer);
        AttentionMatrix<double>[] heads =
        [
            .. Enumerable
                .Range(0, mixer.Heads)
                .Select(head => mixing.Matrix(workers, 0, new() { Channels = [head] }, TestContext.Current.CancellationToken)),
        ];
        var largest = mixing.Matrix(workers, 0, new() { Reduction = ChannelReduction.Max }, TestContext.Current.CancellationToken);
        var some = mixing.Matrix(workers, 0, new() { Channels = [0, 1] }, TestContext.Current.CancellationToken);
        for (var i = 0; i < largest.Values.Length; i++)
        {
            Assert.Equal(heads.Max(head => head.Values[i]), largest.Values[i]);
            Assert.Equal((heads[0].Values[i] + heads[1].Values[i]) / 2, some.Values[i], 1e-15);
        }
    }

    [Fact]
    public void A_mixer_that_nobody_accounts_for_is_refused_in_words()
        => Assert.Contains(
            "how fake mixing mix tokens is not known",
            Assert.Throws<BadInputException>(() => TokenMixing<double>.Of(new UnknownMixerTrace())).Message,
            StringComparison.Ordinal);

    private Trace<double> Run(string name)
    {
        var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
        if (name == "vim")
        {
            return TinyVim.Run<double>(workers, new(TinyVim.Config, TinyVim.Weights(TinyVim.Config)));
        }

        return name == "deit"
            ? TinyDeiT.Model(TinyDeiT.Config).Forward(tape, TinyVim.RandomActivation(1, 18, 9, seed: 4))
            : TinyLanguageModels.Create(name).Forward(tape, TokenBatch.Of(TinyLanguageModels.Text(12)));
    }

    private sealed record UnknownMixerTrace() : MixerTrace<double>(Output: null!)
    {
        public override MixerShape Shape => new(new("fake", "fake mixing", "nothing"), []);

        public override IEnumerable<Value<double>> Explained => [];
    }
}
