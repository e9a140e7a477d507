using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>What must hold for the methods of any transformer.</summary>
public sealed class TransformerMethodTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly VisionTransformer model = TinyDeiT.Model(TinyDeiT.Config with { ImageSize = 12 });

    public void Dispose() => workers.Dispose();

    [Fact]
    public void Class_specific_methods_follow_the_target_and_others_do_not()
    {
        using var first = Run([0]);
        using var second = Run([1]);
        foreach (var method in AttributionMethods.For(ModelShape.Of(MixerKind.Softmax)))
        {
            var options = new AttributionOptions { Steps = 4, Samples = 4 };
            var (a, b) = (method.Explain(first, model, options)[0].Values, method.Explain(second, model, options)[0].Values);
            Assert.True(method.IsClassSpecific == !a.SequenceEqual(b), method.Name);
        }
    }

    [Fact]
    public void A_batch_is_explained_as_its_items_are()
    {
        using var both = Run([0, 1], batch: 2);
        var pixels = both.Trace.Input.Data;
        for (var item = 0; item < 2; item++)
        {
            var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
            using var alone = new Decision<double>(
                model.Forward(tape, Activation<double>.Of(pixels.Item(item).ToArray(), 1, pixels.Length, pixels.Width)), [item]);
            foreach (var method in AttributionMethods.For(ModelShape.Of(MixerKind.Softmax)).Where(method => method is not SmoothGrad))
            {
                Golden.AssertClose(
                    $"{method.Name} item {item}",
                    method.Explain(both, model, new())[item].Values,
                    method.Explain(alone, model, new())[0].Values,
                    1e-11);
            }

            alone.Trace.Dispose();
        }
    }

    /// <summary>
    /// Without biases and with GELU's gate held too, a transformer under CP-LRP's rules is linear in its tokens: their relevance adds up to
    /// the score.
    /// </summary>
    [Fact]
    public void Relevance_is_conserved_without_biases()
    {
        foreach (var bias in model.AllWeights.Where(weight => weight.Name.EndsWith("bias", StringComparison.Ordinal)))
        {
            Array.Clear(bias.Values<float>());
        }

        using var decision = Run([2]);
        using var replay = decision.Backward([decision.Trace.Tokens], ConservativeLrp.Rules<double>().For<GeluOperator<double>>(Gate));
        var total = TokenRelevance.OverChannels(decision.Trace.Tokens.Data, replay[decision.Trace.Tokens]).ToArray().Sum();
        Assert.Equal(1, total / decision.Score(0), 1e-9);
    }

    [Fact]
    public void The_name_attribution_means_the_transformers_own()
        => Assert.IsType<TransformerAttribution>(AttributionMethods.Find("attribution", ModelShape.Of(MixerKind.Softmax)));

    private static void Gate(GeluOperator<double> op, Replay<double> replay, Activation<double> dOutput)
    {
        if (replay.Target(op.X) is { } dx)
        {
            Gelu.BackwardHeldGate(replay.Workers, op.X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }

    private Decision<double> Run(int[] targets, int batch = 1)
    {
        var pixels = TinyVim.RandomActivation(batch, 2 * 12, 12, seed: 9);
        return new(model.Forward(new Tape<double>(workers, new BufferPool<double>(), isRecording: true), pixels), targets);
    }
}
