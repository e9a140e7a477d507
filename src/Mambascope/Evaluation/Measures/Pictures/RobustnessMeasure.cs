using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Robustness;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Max-sensitivity in an evaluation; see <see cref="MaxSensitivity"/>.</summary>
/// <param name="radius">Greatest change of a pixel, as a share of the way from black to white.</param>
/// <param name="samples">Changed copies of each picture.</param>
public sealed class RobustnessMeasure(double radius = MaxSensitivity.StandardRadius, int samples = MaxSensitivity.StandardSamples)
    : PictureMeasure<SensitivityRecord>
{
    /// <inheritdoc/>
    public override string Name => "robustness";

    /// <inheritdoc/>
    public override string Description => "how far maps move when the picture changes a little: max-sensitivity";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["radius"] = radius, ["samples"] = samples };

    /// <inheritdoc/>
    protected override string Title => "Robustness";

    /// <inheritdoc/>
    protected override string Note
        => $"Every picture is explained again in {samples} copies, the same for every method, whose pixels are changed at random by up to "
        + $"{100 * radius:0.##} % of the way from black to white; the explained class stays. "
        + "Max-sensitivity: the greatest distance of the copies' maps from the picture's, relative to its length; lower is better. Mean: "
        + "of the same. A low figure alone is no merit: centre-gaussian, colour and oracle are of the unchanged picture and score 0, and "
        + "so does a map that "
        + "says nothing. random is drawn anew for every copy: what knows nothing and does not hold still.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<SensitivityRecord>> Columns { get; } =
    [
        new("max_sensitivity", "max-sensitivity", isHigherBetter: false, record => record.Maximum),
        new("mean_sensitivity", "mean sensitivity", isHigherBetter: false, record => record.Mean),
    ];

    /// <inheritdoc/>
    protected override Measuring<PictureCase, SensitivityRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, workers, pool) =>
        {
            var methods = maps.Select(map => map.Method).ToArray();
            var image = new NormalisedImage(picture.Input, picture.Model.Preprocessing);
            var copies = MaxSensitivity.Copies(image, picture.Index, radius, samples, seed)
                .Select((pixels, copy) => picture.MapsAgain(methods, picture.Model.Network, pixels, copy + 1, workers, pool))
                .ToArray();
            return maps.Select((map, m) => MaxSensitivity.Compare(map.Map, copies.Select(copy => copy[m])));
        };

    /// <inheritdoc/>
    protected override int Degenerate(SensitivityRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static RobustnessMeasure Of(MeasureOptions options) => new(options.Number("radius"), options.Whole("samples"));
}
