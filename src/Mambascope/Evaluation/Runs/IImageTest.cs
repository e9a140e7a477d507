using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// A test of maps of images: measures the maps of one image after the other. <see cref="ImageEvaluation"/> does the rest: explaining,
/// threads, order. <see cref="ImageTests"/> lists them.
/// </summary>
public interface IImageTest : IEvaluationTest
{
    /// <summary>Whether it compares with true classes.</summary>
    bool NeedsLabels => false;

    /// <summary>Whether it compares with masks.</summary>
    bool NeedsMasks => false;

    /// <summary>Makes what all images of a model share. A run does so once for each of its models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The run's seed, for what is drawn.</param>
    IPreparedTest Prepare(TestModel model, int seed);
}

/// <summary>A test ready for the images of one model. Holds nothing that an image leaves behind; several threads use it at once.</summary>
public interface IPreparedTest
{
    /// <summary>Measures all maps of an image: what they share (masked pictures, changed copies) is done once.</summary>
    /// <param name="image">The image.</param>
    /// <param name="maps">A map of every method, all for the class <see cref="TestImage.Explained"/>.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    /// <returns>A record a map, in their order. It is stored in the line and is all that summaries see.</returns>
    IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool);
}

/// <summary>A map under test.</summary>
/// <param name="Method">What made it, for tests that ask for another under other circumstances.</param>
/// <param name="Map">The map.</param>
public sealed record TestMap(TestMethod Method, RelevanceMap<float> Map);
