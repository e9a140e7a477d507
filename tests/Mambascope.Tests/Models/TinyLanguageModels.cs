using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Models;

/// <summary>Small language models with awkward random weights, for properties that must hold for any model.</summary>
internal static class TinyLanguageModels
{
    public static MambaConfig MambaConfig { get; } =
        new()
        {
            VocabularySize = 19,
            Width = 6,
            Depth = 2,
            InnerWidth = 21,
            StateSize = 5,
            DtRank = 2,
        };

    public static MambaConfig FalconConfig { get; } =
        MambaConfig with
        {
            MixerNormEpsilon = 1e-6f,
            IsHeadTied = false,
            HasProjectionBias = true,
        };

    public static Mamba2Config Mamba2Config { get; } =
        new()
        {
            VocabularySize = 19,
            Width = 6,
            Depth = 2,
            InnerWidth = 20,
            Heads = 4,
            StateSize = 11,
        };

    public static GptNeoXConfig GptNeoXConfig { get; } =
        new()
        {
            VocabularySize = 19,
            Width = 12,
            Depth = 2,
            Heads = 3,
            MlpWidth = 10,
            RotaryShare = 0.5,
        };

    /// <summary>Models by name, for theories.</summary>
    public static ILanguageModel Create(string name)
        => name switch
        {
            "mamba" => Mamba(MambaConfig),
            "falcon-mamba" => Mamba(FalconConfig),
            "mamba-no-conv-bias" => Mamba(MambaConfig with { HasConvBias = false, ConvWidth = 3 }),
            "mamba2" => Mamba2(Mamba2Config),
            "mamba2-groups" => Mamba2(
                Mamba2Config with
                {
                    Groups = 2,
                    HasSkipPerChannel = true,
                    IsHeadTied = false,
                    HasProjectionBias = true,
                }),
            "mamba2-group-norms" => Mamba2(
                Mamba2Config with
                {
                    Groups = 2,
                    NormalisesGroups = true,
                    LeastStep = 0.4f,
                    GreatestStep = 0.9f,
                    HasConvBias = false,
                }),
            "gpt-neox" => GptNeoX(GptNeoXConfig),
            "gpt-neox-sequential" => GptNeoX(
                GptNeoXConfig with
                {
                    IsParallel = false,
                    IsHeadTied = true,
                    HasAttentionBias = false,
                    RotaryShare = 1,
                    Heads = 2,
                }),
            _ => throw new ArgumentException(name, nameof(name)),
        };

    public static Mamba Mamba(MambaConfig config, int seed = 2) => new(config, new(config, Source(seed)));

    public static Mamba2 Mamba2(Mamba2Config config, int seed = 2) => new(config, new(config, Source(seed)));

    public static GptNeoX GptNeoX(GptNeoXConfig config, int seed = 2) => new(config, new(config, Source(seed)));

    /// <summary>Initial weights moved off their symmetric values, so that nothing is zero or equal by chance.</summary>
    public static WeightSource Source(int seed)
    {
        var random = new Random(seed + 1);
        var source = RandomWeights.Source(seed);
        return (name, shape) =>
        {
            var weight = source(name, shape);
            for (var i = 0; i < weight.Values<float>().Length; i++)
            {
                weight.Values<float>()[i] += 0.6f * (float)(random.NextDouble() - 0.5);
            }

            return weight;
        };
    }

    public static int[] Text(int length, int seed = 7, int vocabulary = 19)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))];
    }

    public static Trace<T> Run<T>(
        Workers workers, ILanguageModel model, TokenBatch tokens, ScorePositions? positions = null, bool isRecording = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => model.Forward(new Tape<T>(workers, new BufferPool<T>(), isRecording), tokens, positions);
}
