using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Runs;

/// <summary>The tests of maps of images, by name.</summary>
public static class ImageTests
{
    private static readonly (Func<IImageTest> Standard, Func<TestOptions, IImageTest> Read)[] kinds =
    [
        (() => new PerturbationImageTest(new()), PerturbationImageTest.Of),
        (() => new SegmentationImageTest(), _ => new SegmentationImageTest()),
        (() => new LocalisationImageTest(), LocalisationImageTest.Of),
        (() => new WeakSupervisionImageTest(MapThreshold.Mean), WeakSupervisionImageTest.Of),
        (() => new FaithfulnessImageTest(new()), FaithfulnessImageTest.Of),
        (() => new RobustnessImageTest(), RobustnessImageTest.Of),
        (() => new ComplexityImageTest(), _ => new ComplexityImageTest()),
        (() => new SanityImageTest(), SanityImageTest.Of),
    ];

    private static readonly Dictionary<string, (Func<IImageTest> Standard, Func<TestOptions, IImageTest> Read)> byName
        = kinds.ToDictionary(kind => kind.Standard().Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Standard().Name)];

    /// <summary>A test with its standard settings.</summary>
    /// <exception cref="BadInputException">There is no test of that name.</exception>
    public static IImageTest Standard(string name) => Find(name).Standard();

    /// <summary>The test that wrote a result file.</summary>
    /// <exception cref="BadInputException">There is no test of that name, or its options are not what such a test writes.</exception>
    public static IImageTest Read(EvaluationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Find(settings.Test).Read(new(settings.Test, settings.Options));
    }

    private static (Func<IImageTest> Standard, Func<TestOptions, IImageTest> Read) Find(string name)
        => byName.TryGetValue(name, out var kind)
            ? kind
            : throw new BadInputException($"there is no test called {Printable.Name(name)}; known are {string.Join(", ", Names)}");
}
