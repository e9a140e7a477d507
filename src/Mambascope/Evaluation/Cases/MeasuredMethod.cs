using Mambascope.Attribution;
using Mambascope.Evaluation.Controls;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// A source of maps in an evaluation: an attribution method with its options, or a control that every table carries for comparison.
/// </summary>
public sealed class MeasuredMethod
{
    // The run, and how many maps of its case were asked for before.
    private readonly Func<ExplainedRun, int, RelevanceMap<float>> map;

    private MeasuredMethod(string name, Func<ExplainedRun, int, RelevanceMap<float>> map) => (Name, this.map) = (name, map);

    /// <summary>The middle of the picture, whatever it shows.</summary>
    public static MeasuredMethod CentreGaussian { get; }
        = Given("centre-gaussian", subject => Controls.CentreGaussian.Of(subject.MapSize.Rows, subject.MapSize.Columns));

    /// <summary>What stands out of the picture by its colours, whatever a model makes of it; of pictures only.</summary>
    public static MeasuredMethod Colour { get; }
        = Given("colour", subject => subject is PictureCase picture
            ? ColourDistance.Of(picture.Input.Image, picture.Model.Network.Grid)
            : throw new BadInputException("the control colour is for pictures"));

    /// <summary>Nearness to the asked token: what a model needs is often what it read last.</summary>
    public static MeasuredMethod MostRecent { get; } = Given("most-recent", subject => Filled(subject, place => place));

    /// <summary>The truth itself; a map of zeros where nothing is known to matter.</summary>
    public static MeasuredMethod Oracle { get; } = Given("oracle", subject => subject.Truth ?? Filled(subject, _ => 0));

    /// <summary>Name in tables: METHOD, METHOD.FORM, or a control's.</summary>
    public string Name { get; }

    /// <summary>The attribution method with its options; null for a control.</summary>
    public (AttributionMethod Method, AttributionOptions Options)? Attribution { get; private init; }

    /// <summary>Whether it answers why one token and not another; a method that does not is asked why the one.</summary>
    public bool ExplainsContrasts => Attribution?.Method.ExplainsContrasts ?? true;

    /// <summary>An attribution method.</summary>
    public static MeasuredMethod Of(AttributionMethod method, AttributionOptions options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new(method.FullNameOf(options), (run, _) => run.Explain(method, options)) { Attribution = (method, options) };
    }

    /// <summary>Noise. Asked again about a case, it is another.</summary>
    /// <param name="seed">Seed of the run.</param>
    public static MeasuredMethod Random(int seed)
        => new("random", (run, draw) => RandomMap.Of(
            run.Case.MapSize.Rows, run.Case.MapSize.Columns, draw == 0 ? seed : StableSeed.Of(seed, draw), run.Case.Index));

    /// <summary>A map that does not come from a model; the same whenever it is asked for.</summary>
    public static MeasuredMethod Given(string name, Func<Case, RelevanceMap<float>> map) => new(name, (run, _) => map(run.Case));

    /// <summary>The same under another name, where options that its own name does not tell set it apart.</summary>
    public MeasuredMethod Named(string name) => new(name, map) { Attribution = Attribution };

    /// <summary>The map of a case.</summary>
    /// <param name="run">A recorded run of the case, or of what a measure made of it.</param>
    /// <param name="draw">0 for the map that is measured; 1, 2, ... where a measure asks again.</param>
    public RelevanceMap<float> Map(ExplainedRun run, int draw = 0) => map(run, draw);

    private static RelevanceMap<float> Filled(Case subject, Func<int, float> value)
    {
        var (rows, columns) = subject.MapSize;
        return RelevanceMap<float>.Of([.. Enumerable.Range(0, rows * columns).Select(value)], rows, columns);
    }
}
