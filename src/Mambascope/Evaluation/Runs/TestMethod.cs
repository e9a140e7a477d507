using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Controls;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>A source of maps in an evaluation: an attribution method with its options, or a control.</summary>
public sealed class TestMethod
{
    // The decision, the model that it was run on, the image, and how many maps of the image were asked for before.
    private readonly Func<Decision<float>, IVisionModel, TestImage, int, RelevanceMap<float>> map;

    private TestMethod(string name, Func<Decision<float>, IVisionModel, TestImage, int, RelevanceMap<float>> map) => (Name, this.map) = (name, map);

    /// <summary>Name in tables: METHOD, METHOD.FORM, or a control's.</summary>
    public string Name { get; }

    /// <summary>The attribution method with its options; null for a control.</summary>
    public (AttributionMethod Method, AttributionOptions Options)? Attribution { get; private init; }

    /// <summary>An attribution method.</summary>
    public static TestMethod Of(AttributionMethod method, AttributionOptions options)
        => new(method.NameOf(options), (decision, model, _, _) => method.Explain(decision, model, options)[0]) { Attribution = (method, options) };

    /// <summary>The same under another name, where options that its own name does not tell set it apart.</summary>
    public TestMethod Named(string name) => new(name, map) { Attribution = Attribution };

    /// <summary>A map that was made elsewhere; the same for whatever is asked.</summary>
    public static TestMethod Given(string name, RelevanceMap<float> map) => new(name, (_, _, _, _) => map);

    /// <summary>
    /// What every table carries for comparison: noise, the centre of the picture, and the mask itself where there is one. None of them reads
    /// the picture or the model. Asked again about an image, the noise is another, the other two are the same.
    /// </summary>
    /// <param name="hasMasks">Whether the data set has masks.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static IReadOnlyList<TestMethod> Controls(bool hasMasks, int seed) =>
    [
        new("random", (_, model, image, draw) => RandomMap.Of(model.Grid.Rows, model.Grid.Columns, draw == 0 ? seed : StableSeed.Of(seed, draw), image.Index)),
        new("centre-gaussian", (_, model, _, _) => CentreGaussian.Of(model.Grid.Rows, model.Grid.Columns)),
        .. hasMasks ? [new TestMethod("oracle", (_, model, image, _) => Oracle.Of(image.Mask!, model.Grid.Rows, model.Grid.Columns))] : Array.Empty<TestMethod>(),
    ];

    /// <summary>The map of an image.</summary>
    /// <param name="decision">The class <see cref="TestImage.Explained"/> in a recorded run of the model.</param>
    /// <param name="model">The model of that run.</param>
    /// <param name="image">The image.</param>
    /// <param name="draw">0 for the map under test; 1, 2, ... where a test asks again.</param>
    public RelevanceMap<float> Map(Decision<float> decision, IVisionModel model, TestImage image, int draw = 0) => map(decision, model, image, draw);

    /// <summary>Explains the class of an image in another run: of a changed picture, or of a changed model. One run serves all methods.</summary>
    /// <param name="methods">The methods.</param>
    /// <param name="model">The model to run.</param>
    /// <param name="pixels">Normalised, (1, channels * height, width).</param>
    /// <param name="image">The image that the picture was, for its class and its number.</param>
    /// <param name="draw">1, 2, ...</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    public static IReadOnlyList<RelevanceMap<float>> MapsAgain(
        IEnumerable<TestMethod> methods, IVisionModel model, Activation<float> pixels, TestImage image, int draw, Workers workers, BufferPool<float> pool)
    {
        using var trace = model.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);
        using var decision = new Decision<float>(trace, [image.Explained]);
        return [.. methods.Select(method => method.Map(decision, model, image, draw))];
    }
}
