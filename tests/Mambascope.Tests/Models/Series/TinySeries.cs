using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Models.Series;

/// <summary>Series models of a few hundred weights, one of each kind.</summary>
internal static class TinySeries
{
    public static IEnumerable<string> Kinds { get; } = ["scan", "forward", "patches", "attention", "table", "table-attention"];

    public static SeriesFormat Two { get; } = new(SeriesKind.Steps, [new("heart") { Unit = "mV" }, new("breath")])
    {
        TimeUnit = "s",
        TimeStep = 0.5,
    };

    public static SeriesFormat Table { get; } = new(
        SeriesKind.Features, [new("age"), new("sex") { Categories = ["female", "male"] }, new("weight") { Unit = "kg" }]);

    public static SeriesModelSettings Settings(string kind) => kind switch
    {
        "scan" => Of(Two),
        "forward" => Of(Two) with { IsBidirectional = false, ReadsLast = true, NormEpsilon = 1e-4f },
        "patches" => Of(Two) with { PatchLength = 3, Positions = 4 },
        "attention" => Of(Two, SeriesMixer.Attention) with { PatchLength = 2, Positions = 8 },
        "table" => Of(Table),
        "table-attention" => Of(Table, SeriesMixer.Attention),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    public static ISeriesModel Create(string kind, int seed = 3) => SeriesModels.Create(Settings(kind), Weights(seed));

    /// <summary>Standardised values of such models: eight steps of two channels, or the four numbers of a row.</summary>
    public static Activation<double> Values(ISeriesModel model, int batch)
        => model.Format.Kind == SeriesKind.Steps
            ? TinyVim.RandomActivation(batch, 8, 2, seed: 5)
            : TinyVim.RandomActivation(batch, 4, 1, seed: 5);

    /// <summary>A case as it was measured.</summary>
    public static SeriesCase Case(ISeriesModel model)
    {
        var values = Values(model, 1);
        return new("0", Array.ConvertAll(values.ToArray(), value => (float)value), values.Length, values.Width);
    }

    // Biases, positions and the head as large as in a trained model.
    private static WeightSource Weights(int seed)
    {
        var (source, random) = (RandomWeights.Source(seed), new Random(seed));
        return (name, shape) =>
        {
            var weight = source(name, shape);
            var isSmall = name is "pos_embed" or "head.weight"
                || (name.EndsWith("bias", StringComparison.Ordinal) && !name.Contains("dt_proj", StringComparison.Ordinal));
            return !isSmall ? weight
                : new(name, [.. weight.Values<float>().Select(_ => random.NextSingle() - 0.5f)], shape);
        };
    }

    private static SeriesModelSettings Of(SeriesFormat format, SeriesMixer mixer = SeriesMixer.Scan)
    {
        float[] means = [.. Enumerable.Range(0, format.Values).Select(i => 0.5f * i)];
        float[] deviations = [.. Enumerable.Range(0, format.Values).Select(i => 1 + (0.25f * i))];
        var settings = SeriesModelSettings.Of(format, new(means, deviations), classes: 3, width: 6, depth: 2, mixer);
        return mixer == SeriesMixer.Scan
            ? settings with { InnerWidth = 8, StateSize = 3, DtRank = 2 }
            : settings with { Heads = 2, MlpWidth = 9 };
    }
}
