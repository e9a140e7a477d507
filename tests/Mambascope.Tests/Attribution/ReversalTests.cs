using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>A reversed token sequence, run by the model with its two directions exchanged, is explained by the reversed map.</summary>
public sealed class ReversalTests
{
    public static TheoryData<string, AttributionMode> Methods
    {
        get
        {
            var data = new TheoryData<string, AttributionMode>();
            foreach (var method in AttributionMethods.For(ModelShape.Of(MixerKind.Scan)).Where(method => !method.RunsModel))
            {
                foreach (var mode in method.HasModes ? Enum.GetValues<AttributionMode>() : [AttributionMode.Exact])
                {
                    data.Add(method.Name, mode);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Reversed_sequence_gives_the_reversed_map(string method, AttributionMode mode)
    {
        // 16 patches: the class token stands at position 8 of 17 from either end.
        var config = TinyVim.Config with { ImageSize = 16 };
        var weights = TinyVim.Weights(config);
        var mirrored = new VisionMambaWeights(config, Exchange(weights));
        using var workers = new Workers(2);
        var tokens = TinyVim.RandomActivation(1, config.Length, config.Width, seed: 11);
        var reversed = Activation<double>.Zeros(1, config.Length, config.Width);
        for (var t = 0; t < config.Length; t++)
        {
            tokens.Row(t).CopyTo(reversed.Row(config.Length - 1 - t));
        }

        var expected = Explain(new VisionMamba(config, weights), tokens);
        var actual = Explain(new VisionMamba(config, mirrored), reversed);
        Array.Reverse(actual);
        Assert.True(expected.Distinct().Count() > 3, "a map that says nothing proves nothing");
        Golden.AssertClose($"{method} {mode}", actual, expected, 1e-12);

        double[] Explain(VisionMamba model, Activation<double> sequence)
        {
            using var decision = new Decision<double>(
                model.ForwardTokens(new Tape<double>(workers, new BufferPool<double>(), isRecording: true), sequence));
            return AttributionMethods
                .Find(method, ModelShape.Of(MixerKind.Scan))
                .Explain(decision, model, new() { Mode = mode, StartLayer = 0 })[0]
                .Values;
        }
    }

    // The forward scan's weights under the backward scan's names, and the other way round.
    private static WeightSource Exchange(VisionMambaWeights weights)
    {
        var byName = weights.All.ToDictionary(w => w.Name, StringComparer.Ordinal);
        return (name, shape) => new Weight(name, byName[Other(name)].Values<float>(), shape);

        static string Other(string name)
        {
            string[] forward = ["conv1d.", "x_proj.", "dt_proj.", "A_log", "mixer.D"];
            string[] backward = ["conv1d_b.", "x_proj_b.", "dt_proj_b.", "A_b_log", "mixer.D_b"];
            for (var i = 0; i < forward.Length; i++)
            {
                if (name.Contains(backward[i], StringComparison.Ordinal))
                {
                    return name.Replace(backward[i], forward[i], StringComparison.Ordinal);
                }
            }

            for (var i = 0; i < forward.Length; i++)
            {
                if (name.Contains(forward[i], StringComparison.Ordinal))
                {
                    return name.Replace(forward[i], backward[i], StringComparison.Ordinal);
                }
            }

            return name;
        }
    }
}
