using Mambascope.Attribution;
using Mambascope.Evaluation.Controls;
using Mambascope.Models;

namespace Mambascope.Evaluation.Runs;

/// <summary>A source of maps in an evaluation: an attribution method with its options, or a control.</summary>
public sealed class TestMethod
{
    private readonly Func<Decision<float>, ISequenceModel, TestImage, RelevanceMap<float>> map;

    private TestMethod(string name, Func<Decision<float>, ISequenceModel, TestImage, RelevanceMap<float>> map) => (Name, this.map) = (name, map);

    /// <summary>Name in tables: METHOD, METHOD.FORM, or a control's.</summary>
    public string Name { get; }

    /// <summary>The attribution method with its options; null for a control.</summary>
    public (AttributionMethod Method, AttributionOptions Options)? Attribution { get; private init; }

    /// <summary>An attribution method.</summary>
    public static TestMethod Of(AttributionMethod method, AttributionOptions options)
        => new(method.NameOf(options), (decision, model, _) => method.Explain(decision, model, options)[0]) { Attribution = (method, options) };

    /// <summary>The same under another name, where options that its own name does not tell set it apart.</summary>
    public TestMethod Named(string name) => new(name, map) { Attribution = Attribution };

    /// <summary>What every table carries for comparison: noise, the centre of the picture, and the mask itself where there is one.</summary>
    /// <param name="hasMasks">Whether the data set has masks.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static IReadOnlyList<TestMethod> Controls(bool hasMasks, int seed) =>
    [
        new("random", (_, model, image) => RandomMap.Of(Grid(model).Rows, Grid(model).Columns, seed, image.Index)),
        new("centre-gaussian", (_, model, _) => CentreGaussian.Of(Grid(model).Rows, Grid(model).Columns)),
        .. hasMasks ? [new TestMethod("oracle", (_, model, image) => Oracle.Of(image.Mask!, Grid(model).Rows, Grid(model).Columns))] : Array.Empty<TestMethod>(),
    ];

    internal RelevanceMap<float> Map(Decision<float> decision, ISequenceModel model, TestImage image) => map(decision, model, image);

    private static Numerics.PatchGrid Grid(ISequenceModel model) => ((IVisionModel)model).Grid;
}
