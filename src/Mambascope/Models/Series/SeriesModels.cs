using Mambascope.Inputs.Series;

namespace Mambascope.Models;

/// <summary>Makes series models, for whoever trains them.</summary>
public static class SeriesModels
{
    /// <summary>A model around weights from a source, such as <see cref="RandomWeights.Source"/>.</summary>
    /// <exception cref="BadInputException">The sizes do not fit together.</exception>
    public static ISeriesModel Create(SeriesModelSettings settings, WeightSource weights)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings, "these settings");
        return new SeriesClassifier(settings, new(settings, weights));
    }

    /// <summary>Refuses sizes that do not fit together.</summary>
    internal static void Check(SeriesModelSettings settings, string where)
    {
        var (format, scale) = (settings.Format, settings.Scale);
        var wrong =
            settings.Classes < 1 || settings.Width < 1 || settings.Depth < 1 || settings.PatchLength < 1 || settings.Positions < 0
                ? "sizes must be at least 1"
            : format.Variables.Count < 1 || scale.Means.Count != format.Values || scale.Deviations.Count != format.Values
                ? $"there are {format.Values} numbers a step or row, but {scale.Means.Count} means and {scale.Deviations.Count} deviations"
            : scale.Deviations.Any(deviation => !(deviation > 0)) ? "deviations must be above 0"
            : settings.Number is not null && settings.Classes != 1 ? $"a number is one output, not {settings.Classes}"
            : settings.Number is { Deviation: not > 0 } ? "the deviation of the predicted number must be above 0"
            : format.Kind == SeriesKind.Features && (settings.Positions != format.Variables.Count || settings.PatchLength != 1)
                ? "every column of a table is a token with a position of its own"
            : settings.Mixer == SeriesMixer.Attention && (settings.Heads < 1 || settings.Width % settings.Heads != 0)
                ? $"{settings.Heads} heads do not divide a width of {settings.Width}"
            : null;
        if (wrong is not null)
        {
            throw new BadInputException($"{where}: {wrong}");
        }
    }
}
